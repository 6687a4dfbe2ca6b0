"""Nothing that is printed is a command to the terminal, wherever it comes from."""

import json

EVIL = "a\x1b]0;owned\x07\u202eb\x9b31m"


def rename(document):
    document["graphs"]["model"]["nodes"][1]["name"] = EVIL


def test_names_reach_the_terminal_as_visible_escapes(workbench, edited):
    path = edited(rename)
    for words in (["summary"], ["check"], ["code"], ["summary", "--csv"], ["summary", "--markdown"]):
        done = workbench(words[0], path, *words[1:])
        assert not set(done.out + done.err) & set("\x1b\x07\u202e\x9b"), words
    assert "a\\u001b]0;owned" in workbench("summary", path).out


def test_words_and_files_that_are_wrong_are_escaped_too(workbench, tmp_path):
    done = workbench("check", tmp_path / f"{EVIL}.workbench")
    assert "\\u001b]0;owned\\u0007\\u202e" in done.err
    assert "\\u001b" in workbench("runs", f"--{EVIL}").err


def test_json_means_what_it_did(workbench, edited):
    done = workbench("summary", edited(rename), "--json")
    assert "\x9b" not in done.out
    assert EVIL in {layer["name"] for graph in json.loads(done.out)["graphs"] for layer in graph["layers"]}
