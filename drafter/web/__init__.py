"""The browser pages. Only this room imports Gradio."""
