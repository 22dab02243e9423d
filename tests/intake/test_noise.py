from drafter.intake import cut_noise


def test_what_a_web_page_appends_is_cut() -> None:
    lines = [
        "正文第一段。",
        "正文最后一段。",
        "",
        "预览阅读已结束,若您需要全文。",
        "请点击联系老师",
        "- 下一篇:某局计划",
    ]
    assert cut_noise(lines) == lines[:2]


def test_links_at_the_end_are_cut_one_after_another() -> None:
    lines = ["正文。", "分享到微信", "×", "- 上一篇：某镇汇报", "责任编辑：某某", ""]
    assert cut_noise(lines) == ["正文。"]


def test_the_same_words_inside_the_text_stay() -> None:
    lines = ["- 下一篇章的谋划", "通过微信公众号发布信息20条", "打印", "正文。"]
    assert cut_noise(lines) == lines


def test_facts_about_public_accounts_and_scanning_stay_at_the_end() -> None:
    lines = ["微信公众号推送稿件35篇", "设置扫码投放设备12台", "关注特困群众生活，走访慰问60户"]
    assert cut_noise(lines) == lines


def test_a_mistaken_end_never_cuts_much() -> None:
    lines = ["预览已结束", *["正文。"] * 60]
    assert cut_noise(lines) == lines


def test_time_stamps_of_a_chat_are_blanked_and_lines_keep_their_places() -> None:
    assert cut_noise(["昨天 10:23", "举办培训6次", "2025年12月1日 上午 9:05", "8:30开始巡查"]) == [
        "",
        "举办培训6次",
        "",
        "8:30开始巡查",
    ]


def test_nothing_is_cut_from_nothing() -> None:
    assert cut_noise([]) == []
