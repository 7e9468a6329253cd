"""Addresses of the documents of a school."""

from django.urls import include, path

from .views import acts, pages

app_name = "documents"

_documents = [
    path("", pages.list_documents, name="list"),
    path("add/", acts.add, name="add"),
    path("<int:pk>/", pages.document, name="detail"),
    path("<int:pk>/edit/", acts.edit, name="edit"),
    path("<int:pk>/version/", acts.add_version, name="add_version"),
    path("<int:pk>/agree/", acts.agree, name="agree"),
    path("<int:pk>/approve/", acts.approve, name="approve"),
    path("<int:pk>/repeal/", acts.repeal, name="repeal"),
    path("<int:pk>/readers/", pages.readers, name="readers"),
    path("<int:pk>/acknowledge/", acts.acknowledge, name="acknowledge"),
    path("<int:pk>/remind/", acts.remind, name="remind"),
    path("<int:pk>/versions/<int:number>/", pages.scan, name="scan"),
]
urlpatterns = [path("schools/<int:school_id>/documents/", include(_documents))]
