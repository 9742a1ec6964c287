"""Do lines break where a reader expects it?"""

from docutils import nodes
from docutils.utils import new_document

from looks_aligned.explore.page.look import KeepTogether


def test_a_number_keeps_its_per_cent_sign_in_text_and_programs_and_formulas_keep_their_letters() -> None:
    page = new_document("page")
    page += nodes.paragraph("", "", nodes.Text("At 10 % of 3 "), nodes.strong("", "20 %"), nodes.Text(" %d, a %"))
    page += nodes.paragraph("", "", nodes.literal("", "7 % 3"), nodes.math("", "7 % 3"))
    page += nodes.literal_block("", "", nodes.inline("", "7 % 3"))
    KeepTogether(page).run()
    assert page.astext() == "At 10\xa0% of 3 20\xa0% %d, a %\n\n7 % 37 % 3\n\n7 % 3"
