"""A slip that leaves a file no TOML is answered with its line, what stands there and what would be right."""

import pytest

HEAD = 'schema = 1\nname = "x"\n'


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("end = 31/03/2022", "a date is written 2022-03-31"),
        ("end = 31.3.22  # the deadline", "a date is written 2022-03-31"),
        ("end = 2022/3/31", "a date is written 2022-03-31"),
        ("end = 31/02/2022", "there is no such day"),
        ("end = 2022-02-30", "there is no such day"),
        ("push = audit", 'a text is written "audit"'),
        ("end = 2022/23 Q2", 'a text is written "2022/23 Q2"'),
        ("end = 2022-03", 'a text is written "2022-03"'),
        ("funded = True", "write true"),
        ("share = 90 %", "a share is written 0.9"),
        ("hours = 1,000", "a number is written 1000"),
        ("title = “Ours”", 'quotation marks are straight ones: "Ours"'),
        (r'sites = "C:\Users\me\sites.csv"', "in a path write /"),
        ("name = 'y'", "this key is there a second time"),
        ("[world]\n[world]", "this table is there a second time"),
        ('title = "Ours', "the quotation mark at the end is missing"),
        ("title = “Ours # theirs”", 'quotation marks are straight ones: "Ours # theirs"'),
        ("share = 12.345678%", "a share is written 0.12345678"),
        ("share = NaN", "write nan"),
        ("end = 0000-01-01", "there is no such day"),
        ("[world]\nend = 31/03/2022", "a date is written 2022-03-31"),
    ],
)
def test_what_would_be_right_is_said(faults, line, right):
    (fault,) = faults(f"{HEAD}{line}\n")
    assert fault.line == 3 + line.count("\n")
    assert fault.message.startswith(f"not valid TOML: '{line.splitlines()[-1]}'; ")
    assert right in fault.message


@pytest.mark.parametrize("value", ["2022-03-31", "true", "1000", '"audit"', r'"a\n"'])
def test_what_is_right_already_is_not_corrected(faults, value):
    (fault,) = faults(f"{HEAD}title = {value}\ntitle = {value}\n")
    assert fault.message.endswith("this key is there a second time")


@pytest.mark.parametrize("line", ["coaches = { Wessex = three }", "x = 1e", "x = <script>", "[world", 'title: "Ours"',
                                  "x = 0,500", "x = ١٢٣,٤٥٦", 'x = "a\\tb" and c', "x = 1.2/34"])  # fmt: skip
def test_of_anything_else_the_reason_is_given(faults, line):
    (fault,) = faults(f"{HEAD}{line}\n")
    assert fault.line == 3
    assert "written" not in fault.message
    assert len(fault.message) > len(f"not valid TOML: '{line}'; ")


def test_a_long_line_is_cut_and_characters_that_upset_a_screen_are_not_shown(faults):
    (fault,) = faults(f"{HEAD}title = Ours\u202e {'and ours ' * 50_000}\n")
    assert len(fault.message) < 700
    assert "\u202e" not in fault.message


def test_the_last_line_needs_no_end_to_be_quoted(faults):
    (fault,) = faults(f"{HEAD}name = 'y'")
    assert (fault.line, fault.message) == (3, "not valid TOML: 'name = 'y''; this key is there a second time")
