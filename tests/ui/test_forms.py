"""`{{ form }}`: a label, a hint and an error for every field, tied together for a screen reader."""

from django import forms

from sferum_portal.gallery import SampleForm


def rendered(data: dict[str, str] | None = None) -> str:
    return str(SampleForm(data))


def test_a_label_and_a_hint_are_tied_to_the_field() -> None:
    html = rendered()
    assert '<label class="field__label" for="id_name">' in html
    assert 'id="id_name_helptext"' in html
    assert 'aria-describedby="id_name_helptext"' in html


def test_an_error_is_tied_to_the_field_and_named_above() -> None:
    html = rendered({"name": ""})
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'role="alert"' in html
    assert '<a href="#id_name">' in html


def test_what_may_be_left_out_says_so() -> None:
    html = rendered()
    assert html.count("field__optional") == 4
    assert " *" not in html


def test_radio_buttons_are_a_group_with_a_name() -> None:
    assert "<legend" in rendered()
    assert "Кем приходится" in rendered()


def test_a_form_without_errors_has_no_summary() -> None:
    assert "alert" not in rendered()


def test_an_error_of_the_whole_form_is_shown() -> None:
    class Pair(forms.Form):
        one = forms.CharField()

        def clean(self) -> None:
            raise forms.ValidationError("Класс 7Б уже есть")

    html = str(Pair({"one": "7Б"}))
    assert "Класс 7Б уже есть" in html
    assert html.count("<li>") == 1


def test_what_was_typed_is_escaped() -> None:
    assert "<script>" not in rendered({"name": '"><script>alert(1)</script>'})
