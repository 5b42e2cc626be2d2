"""A run as a workbook: every rule of the checklist, and no cell that a spreadsheet would run."""

import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from spread import errors
from spread.cells import LONGEST_SHEET_CELL
from spread.report import export, workbook
from tests.report import small


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return small.make(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def path(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "tables.xlsx"
    export.write_workbook(run.folder, path, contact="=1+1 Team")
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def named(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("named") / "tables.xlsx"
    export.write_workbook(run.folder, path, name_sites=True)
    return openpyxl.load_workbook(path)


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def table_of(book, tab):
    """The headings and rows of a sheet's marked-up table."""
    sheet = book[tab]
    (table,) = sheet.tables.values()
    header, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return header, rows


def test_the_first_sheets_are_cover_contents_notes_and_definitions(book):
    assert book.sheetnames[:4] == ["Cover", "Contents", "Notes", "Definitions"]
    assert {"Ambitions", "Projection", "Other_targets", "What_holds_it_back", "What_it_takes", "Assumptions"} <= set(
        book.sheetnames
    )


def test_each_sheet_has_its_title_in_its_first_cell_and_one_marked_up_table(book):
    names = []
    for sheet in book.worksheets:
        assert sheet["A1"].value
        assert sheet["A1"].font.b
        names += list(sheet.tables)
        assert len(sheet.tables) == (0 if sheet.title == "Cover" else 1)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)


def test_no_cells_are_merged_and_nothing_is_hidden_frozen_or_filtered(book):
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes is None
        assert not any(one.hidden for one in [*sheet.row_dimensions.values(), *sheet.column_dimensions.values()])
        assert sheet.auto_filter.ref is None
        assert all(table.autoFilter is None for table in sheet.tables.values())
        assert sheet.sheet_state == "visible"


def test_tables_have_unique_headings_and_no_empty_cell(book):
    for sheet in book.worksheets[1:]:
        header, rows = table_of(book, sheet.title)
        assert len(set(header)) == len(header)
        assert rows
        assert all(cell not in (None, "") for row in [header, *rows] for cell in row)


def test_nothing_stands_below_or_beside_a_table_and_no_row_is_blank(book):
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        first, last = table.ref.split(":")
        assert sheet.dimensions == f"A1:{last}"
        above = int(re.sub(r"\D", "", first))
        assert all(sheet.cell(row, 1).value for row in range(1, above))
        assert all(cell.value is None for row in range(1, above) for cell in sheet[row][1:])


def test_markers_of_missing_values_are_explained_where_they_are_used(book):
    for sheet in book.worksheets[2:]:
        _, rows = table_of(book, sheet.title)
        lines = " ".join(str(sheet.cell(row, 1).value) for row in range(1, 8))
        for marker, meaning in workbook.MARKERS.items():
            if any(marker in row for row in rows):
                assert f"{marker} means {meaning}" in lines


def test_contents_link_to_every_sheet_after_them(book):
    _, rows = table_of(book, "Contents")
    sheet = book["Contents"]
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [row[0] for row in rows] == book.sheetnames[2:]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[2:]]
    for name, _, count in rows:
        assert len(table_of(book, name)[1]) == count


def test_text_is_wrapped_in_columns_no_wider_than_a_screen_can_show(book):
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        assert all(cell.alignment.wrap_text for row in sheet[table.ref] for cell in row)
        widths = [one.width for one in sheet.column_dimensions.values()]
        assert min(widths) >= workbook.NARROWEST
        assert max(widths) <= workbook.WIDEST


def test_no_cell_is_filled_with_colour(book):
    assert {cell.fill.fill_type for cell in cells(book)} == {None}


def test_properties_give_title_and_language(book):
    assert book.properties.language == "en-GB"
    assert book.properties.title.startswith("What Barchester Healing Trust could do")


def test_text_that_could_start_a_formula_is_neutral_and_numbers_stay_numbers(named):
    assert not [cell for cell in cells(named) if cell.data_type == "f"]
    texts = [cell.value for cell in cells(named) if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert '\'=HYPERLINK("http://evil.example","Barset")' in texts


def test_a_negative_number_stays_a_number_and_hostile_text_does_not_break_a_sheet():
    number, text = workbook.Column("Gap", "exact"), workbook.Column("Who")
    assert workbook.cell_of(-2.5, number) == -2.5
    assert workbook.cell_of("-2.5", text) == "'-2.5"
    assert workbook.cell_of("a\x00b\x0bc", text) == "a b c"
    assert len(workbook.cell_of("x" * 40_000, text)) == LONGEST_SHEET_CELL
    assert workbook.cell_of(float("nan"), number) == "[z]"
    assert workbook.cell_of(float("inf"), number) == "[z]"
    assert workbook.cell_of("2021-03-31", workbook.Column("By", "date")) == date(2021, 3, 31)


def test_a_chance_is_a_whole_percentage_and_never_0_or_100():
    column = workbook.Column("Chance (%)", "chance")
    assert [workbook.cell_of(share, column) for share in (0.0, 0.004, 0.256, 0.996, 1.0)] == [1, 1, 26, 99, 99]


def test_sites_are_named_only_when_asked(book, named):
    texts = " ".join(str(cell.value) for cell in cells(book) if cell.value is not None)
    held = [name for name, _, _ in small.SITES.values() if name in texts]
    assert not held
    assert "QZX01" not in texts
    header, rows = table_of(named, "Sites")
    assert {row[header.index("Site code")] for row in rows} == set(small.SITES)
    assert "Netherby Royal" in {row[header.index("Site")] for row in rows}


def test_the_cover_says_what_it_is_who_made_it_and_whom_to_ask(book):
    texts = [cell.value for cell in book["Cover"]["A"]]
    assert "These numbers come from simulated histories" in " ".join(texts)
    assert "'=1+1 Team" in texts
    assert any(f"{8 * 2} runs" in text for text in texts)


def test_dates_are_dates_and_shares_are_percentages(book):
    header, rows = table_of(book, "Ambitions")
    first = dict(zip(header, rows[0], strict=True))
    assert first["Deadline"] == datetime(2021, 3, 31)
    assert first["Target (%)"] == 90
    assert first["Place"] == "All sites"


def test_assumptions_have_their_sources(book):
    header, rows = table_of(book, "Assumptions")
    assert "contact_campaign_per_month" in {row[0] for row in rows}
    assert all(len(row[header.index("Source")]) > 20 for row in rows if row[header.index("Basis")] == "judgement")


def test_a_long_summary_keeps_fewer_kinds_of_group_and_says_so(run, monkeypatch):
    import pandas as pd

    from spread.report import exported

    summary = pd.read_csv(run.folder / "summary.csv")
    monkeypatch.setattr(exported, "MOST_ROWS", 30)
    kept, said = exported.short_summary(summary, ["stage>=5"])
    assert set(kept["group_kind"]) == {"national"}
    assert said == "Places: The whole. More is in summary.csv of the run."


def test_a_file_that_is_there_is_kept_unless_forced(run, path):
    before = path.read_bytes()
    with pytest.raises(errors.InputError, match="--force"):
        export.write_workbook(run.folder, path)
    assert path.read_bytes() == before
    export.write_workbook(run.folder, path, contact="=1+1 Team", force=True)


@pytest.mark.parametrize("name", ["tables.csv", "tables"])
def test_another_ending_is_refused(run, tmp_path, name):
    with pytest.raises(errors.InputError, match=r"ending in \.xlsx"):
        export.write_workbook(run.folder, tmp_path / name)


def test_the_workbook_loads_nothing_from_elsewhere(path):
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        text = "".join(archive.read(name).decode() for name in names if name.endswith((".xml", ".rels")))
    assert 'TargetMode="External"' not in text
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]
