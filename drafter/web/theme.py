"""The look of the page: a Gradio theme in restrained colours and local fonts, and styles.css over it."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

STYLES = Path(__file__).parent / "styles.css"
FONTS = ("Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")


def theme() -> gr.themes.Base:
    """Our theme. Paper is white, so a dark system changes nothing: dark values equal the light ones."""
    look = gr.themes.Base(
        primary_hue=gr.themes.colors.slate,
        secondary_hue=gr.themes.colors.slate,
        neutral_hue=gr.themes.colors.stone,
        text_size=gr.themes.sizes.text_lg,
        spacing_size=gr.themes.sizes.spacing_md,
        radius_size=gr.themes.sizes.radius_sm,
        font=FONTS,
        font_mono=FONTS,
    ).set(
        body_background_fill="#f2f1ee",
        body_text_color="#22262b",
        body_text_color_subdued="#565b63",
        block_background_fill="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_padding="0px",
        block_label_text_color="#22262b",
        block_title_text_color="#22262b",
        block_title_text_size="16px",
        block_title_text_weight="600",
        block_info_text_size="16px",
        background_fill_primary="#ffffff",
        background_fill_secondary="#f2f1ee",
        border_color_primary="#8b8f96",
        input_background_fill="#ffffff",
        input_border_color="#8b8f96",
        input_border_color_focus="#1d4e89",
        input_border_width="1px",
        input_placeholder_color="#6a6f77",
        input_shadow="none",
        input_shadow_focus="none",
        input_text_size="17px",
        input_padding="9px 12px",
        checkbox_label_text_size="17px",
        checkbox_background_color_selected="#1d4e89",
        checkbox_border_color_selected="#1d4e89",
        checkbox_label_background_fill="#ffffff",
        checkbox_label_background_fill_selected="#ffffff",
        checkbox_label_border_color="#8b8f96",
        checkbox_label_text_color_selected="#22262b",
        button_primary_background_fill="#1d4e89",
        button_primary_background_fill_hover="#163d6c",
        button_primary_text_color="#ffffff",
        button_primary_border_color="#1d4e89",
        button_secondary_background_fill="#ffffff",
        button_secondary_background_fill_hover="#eceae5",
        button_secondary_text_color="#1d4e89",
        button_secondary_border_color="#1d4e89",
        button_border_width="1px",
        button_large_text_size="18px",
        button_large_text_weight="600",
        button_medium_text_size="16px",
        button_transition="none",
        color_accent="#1d4e89",
        loader_color="#1d4e89",
    )
    for name in [name for name in vars(look) if name.endswith("_dark")]:
        setattr(look, name, getattr(look, name.removesuffix("_dark"), None))
    return look
