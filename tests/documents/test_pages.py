"""The pages and the API: forms, the next step, the scan."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from documents.models import Document
from documents.services import writing
from school.models import StaffPosition
from tests import factories as f

from .conftest import DAY, PDF, Office, scan

pytestmark = pytest.mark.django_db


def at(name: str, office: Office, document: Document | None = None, **more: Any) -> str:
    kwargs = {"school_id": office.school.pk, **({"pk": document.pk} if document else {}), **more}
    return reverse(f"documents:{name}", kwargs=kwargs)


def test_a_document_is_entered_in_the_form(office: Office, as_):
    client = as_(office.admin)
    data = {"kind": "order", "number": "5", "date": "2025-09-01", "title": "О чатах", "file": scan("Скан.PDF")}
    response = client.post(at("add", office), data)
    document = Document.objects.get()
    assert response.headers["Location"] == document.get_absolute_url()
    page = client.get(document.get_absolute_url()).content.decode()
    assert "Следующий шаг" in page
    assert "Почему нельзя?" in page  # the administrator does not approve
    errors = client.post(at("add", office), {**data, "file": scan("x.pdf", b"GIF89a")}).context["form"].errors
    assert errors["file"]
    again = client.post(at("add", office), {**data, "file": scan()}).context["form"].errors
    assert "number" in again


def test_the_director_approves_a_regulation_by_an_order_of_the_list(office: Office, as_):
    office.approved(number="86-О")
    document = office.draft("regulation", "2")
    client = as_(office.director)
    client.post(at("agree", office, document), {"agreed_on": "2025-08-30", "protocol": "4"})
    form = client.get(at("approve", office, document)).context["form"]
    key = form.fields["known_order"].choices[1][0]
    client.post(at("approve", office, document), {"known_order": key, "in_force_from": "2025-09-01"})
    document.refresh_from_db()
    assert (document.state, document.order_number, document.order_date) == ("approved", "86-О", DAY)


def test_the_scan_is_a_download_for_those_who_may(office: Office, as_):
    document = office.approved(file=scan("evil.html", PDF), title='О <b>"чатах"</b>')
    response = as_(office.reader).get(at("scan", office, document, number=1))
    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(sign in response.headers["Content-Disposition"] for sign in "<>/\\")


def test_a_reader_gets_the_scan_of_the_version_in_force_only(office: Office, as_):
    document = office.approved(file=scan())
    writing.add_version(by=office.admin, document=document, file=scan())
    client = as_(office.reader)
    assert client.get(at("scan", office, document, number=2)).status_code == 404
    assert client.get(at("scan", office, document, number=1)).status_code == 200
    assert "Версии" not in client.get(document.get_absolute_url()).content.decode()
    assert as_(office.deputy).get(at("scan", office, document, number=2)).status_code == 200


def test_a_text_is_shown_as_text(office: Office, as_):
    document = office.approved(text="<script>alert(1)</script>\nВторой абзац")
    page = as_(office.reader).get(document.get_absolute_url()).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_list_is_searched_and_filtered(office: Office, as_):
    office.approved(number="77-А")
    office.draft("act", "12")
    client, url = as_(office.admin), at("list", office)
    assert [d.number for d in client.get(url, {"q": "порядке 77"}).context["page_obj"]] == ["77-А"]
    assert [d.number for d in client.get(url, {"state": "draft"}).context["page_obj"]] == ["12"]
    assert [d.number for d in client.get(url, {"kind": "order"}).context["page_obj"]] == ["77-А"]
    assert "Ничего не нашлось" in client.get(url, {"q": "нет такого"}).content.decode()
    assert [d.number for d in as_(office.reader).get(url, {"state": "draft"}).context["page_obj"]] == ["77-А"]


def test_an_empty_list_says_what_to_do(office: Office, as_):
    assert "Начните с приказа" in as_(office.admin).get(at("list", office)).content.decode()
    assert "когда директор их утвердит" in as_(office.reader).get(at("list", office)).content.decode()


def test_a_chosen_order_fills_both_fields_of_a_form(office: Office, as_):
    office.approved(number="88-О")
    school_class = f.make_class(office.school)
    url = reverse("school:homeroom", args=[office.school.pk, school_class.pk])
    client = as_(office.admin)
    form = client.get(url).context["form"]
    assert list(form.fields) == ["person", "known_order", "order_number", "order_date"]
    key, label = form.fields["known_order"].choices[1]
    assert label == "№ 88-О от 01.09.2025 · О порядке 88-О"
    client.post(url, {"person": office.teacher.pk, "known_order": key})
    fact = school_class.homerooms.get()
    assert (fact.order_number, fact.order_date) == ("88-О", DAY)


def test_an_appointment_takes_a_chosen_order_where_one_is_needed(office: Office, as_):
    office.approved(number="87-О")
    client, url = as_(office.admin), reverse("school:dismiss", args=[office.school.pk, office.teacher.pk])
    form = client.get(url).context["form"]
    assert "required" not in str(form["order_number"])  # the browser lets an empty field pass: the choice fills it
    assert client.post(url, {"known_order": ""}).context["form"].errors["order_number"]
    key = form.fields["known_order"].choices[1][0]
    errors = client.post(url, {"known_order": key}).context["form"].errors
    assert list(errors) == ["__all__"]  # «not an administrator»: the order itself was taken


def test_a_right_without_an_order_gets_one(office: Office, as_):
    client = as_(office.director)
    office.approved(number="90-О")
    url = reverse("school:rights_without_order", args=[office.school.pk])
    assert len(client.get(url).context["page_obj"]) == 3  # the administrator, the director, the deputy
    post = StaffPosition.objects.get(school=office.school, kind="director")
    name = reverse("school:name_order", args=[office.school.pk, "position", post.pk])
    key = client.get(name).context["form"].fields["known_order"].choices[1][0]
    client.post(name, {"known_order": key})
    post.refresh_from_db()
    assert (post.order_number, post.order_date) == ("90-О", DAY)
    assert len(client.get(url).context["page_obj"]) == 2


JSON: Any = {"content_type": "application/json"}


def test_the_api_reads_and_acknowledges(office: Office, as_):
    document = office.approved(asks_acknowledgement=True, file=scan())
    office.draft(number="2")
    client: Client = as_(office.reader)
    listed = client.get(f"/api/v1/schools/{office.school.pk}/documents/").json()["results"]
    assert [(row["id"], row["acknowledged_at"]) for row in listed] == [(document.pk, None)]
    url = f"/api/v1/documents/{document.pk}/"
    body = client.get(url).json()
    assert (body["text"], body["version"], body["is_in_force"]) == ("Текст", 1, True)
    assert b"".join(client.get(body["file"]).streaming_content) == PDF
    first = client.post(f"{url}acknowledge/", **JSON).json()["acknowledged_at"]
    assert first
    assert client.post(f"{url}acknowledge/", **JSON).json()["acknowledged_at"] == first
    assert client.get(f"/api/v1/schools/{office.school.pk}/documents/", {"kind": "act"}).json()["results"] == []
