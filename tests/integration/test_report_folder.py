"""A report's folder: everything is written, or one sentence says why not."""

import json

import pytest

from flows.errors import UsageError
from flows.reports.folder import write_report


def test_figures_and_pages_lie_beside_each_other(tmp_path):
    write_report(tmp_path / "new" / "folder", "pilot", {"a": "多"}, {"pilot-en.html": b"<p>"})
    folder = tmp_path / "new" / "folder"
    assert json.loads((folder / "pilot.json").read_text(encoding="utf-8")) == {"a": "多"}
    assert (folder / "pilot-en.html").read_bytes() == b"<p>"


def test_a_folder_that_cannot_be_is_said_and_no_traceback(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--report .*file cannot be written: "):
        write_report(tmp_path / "file", "pilot", {}, {})
