"""The comparison that the scripts rest on must itself be able to fail."""

from exchange import difference, difference_of_texts, parse


def test_parse_reads_requests_and_replies():
    one, two = parse("# about\nGET /a?x=1\nAccept: b\n=> 200\nX-Y: z\n{\"a\": 1}\n\nPOST /_bulk\n{}\n{}\n=> 400\n")
    assert (one.method, one.target, one.headers, one.body) == ("GET", "/a?x=1", {"Accept": "b"}, "")
    assert (one.status, one.reply_headers, one.reply) == (200, {"X-Y": "z"}, "{\"a\": 1}")
    assert (two.body, two.status, two.reply) == ("{}\n{}", 400, "")


def test_difference_finds_what_differs():
    assert difference({"a": [1, "<any>"]}, {"a": [1, {"b": 2}]}) is None
    assert difference({"a": 1}, {"a": 1, "b": 2})
    assert difference({"a": 1, "...": "..."}, {"a": 1, "b": 2}) is None
    assert difference({"a": 1}, {"a": True})
    assert difference({"a": 1}, {})
    assert difference([1, 2], [1])
    assert difference("<number>", "1")
    assert difference("<contains b c>", "a b c d") is None
    assert difference("<contains x>", "a b c d")
    assert difference(0.5, 0.500001) is None
    assert difference(0.5, 0.51)


def test_difference_of_texts_compares_lines():
    assert difference_of_texts("a 1\n<any>", "a 1 \nwhatever\n") is None
    assert difference_of_texts("a 1", "a 2")
    assert difference_of_texts("", "x")
