from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from school import event_words, orders, panels

        from .models import Document, DocumentKind
        from .panels import home_panel, school_panel
        from .queries import orders_of

        fields = {field.name: getattr(field, "verbose_name", "") for field in Document._meta.concrete_fields}
        shown = (
            "number",
            "date",
            "agreed_on",
            "in_force_from",
            "in_force_until",
            "for_everybody",
            "asks_acknowledgement",
        )
        more = {"version": _("version"), "note": _("what is changed"), "protocol": _("number of the protocol")}
        labels = {**{name: fields[name] for name in shown}, **more, "people": _("people")}
        event_words.name_fields(labels, {"kind": dict(DocumentKind.choices)})

        orders.register(orders_of)
        panels.register("home", home_panel, order=8)
        panels.register("school", school_panel, order=5)
