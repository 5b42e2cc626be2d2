import xml.etree.ElementTree as ElementTree

import pandas as pd
import pytest

from spread import errors
from spread.plots import curves, writing
from tests.plots import worlds

NAME = 'Chart <script>alert("1")</script> & $x_1$'
SVG = "{http://www.w3.org/2000/svg}"


def write(folder, data, stem="curves"):
    return writing.write_figure(
        curves.plot_curves(data),
        folder / stem,
        frame=curves.tabulate_curves(data),
        alt_text=curves.describe_curves(data),
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    data = worlds.several(1, names=[NAME])
    return write(tmp_path_factory.mktemp("figures"), data)


def test_four_files_are_written(written):
    assert [path.name for path in written] == ["curves.svg", "curves.png", "curves.csv", "curves.txt"]
    assert all(path.stat().st_size for path in written)


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    first = write(tmp_path / "a", worlds.tracheostomy())
    second = write(tmp_path / "b", worlds.tracheostomy())
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_stem_may_hold_a_full_stop(tmp_path):
    assert write(tmp_path, worlds.tracheostomy(), "v1.2")[0].name == "v1.2.svg"


def test_the_svg_holds_text_title_and_description(written):
    root = ElementTree.fromstring(written[0].read_text(encoding="utf-8"))  # noqa: S314 - our own file
    texts = [element.text for element in root.iter(f"{SVG}text")]
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "About 1 in 10 chance of target by March 2024"
    assert root.find(f"{SVG}desc").text == written[3].read_text(encoding="utf-8").strip()
    assert "Middle run" in texts


def test_a_users_words_stay_words(written):
    drawing = written[0].read_text(encoding="utf-8")
    assert "<script" not in drawing
    assert "$x_1$" in drawing


def test_no_date_or_version_is_stamped_on_a_figure(written):
    drawing = written[0].read_text(encoding="utf-8")
    assert "dc:date" not in drawing
    assert "Matplotlib v" not in drawing


def test_the_numbers_can_be_read_back(written):
    table = pd.read_csv(written[2])
    assert list(table["date"].head(2)) == ["2022-03-31", "2022-06-30"]
    assert table["q50"].between(0, 1).all()


def test_a_cell_that_could_start_a_formula_is_neutralised(tmp_path):
    paths = write(tmp_path, worlds.several(1, names=["=cmd()"]))
    assert ",'=cmd()," in paths[2].read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_the_machines_fault(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(errors.MachineError, match="cannot write"):
        write(tmp_path / "file", worlds.tracheostomy())


def test_no_half_written_file_is_left(tmp_path):
    write(tmp_path, worlds.tracheostomy())
    assert len(list(tmp_path.iterdir())) == 4
