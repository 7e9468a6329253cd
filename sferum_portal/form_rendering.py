"""How `{{ form }}` looks everywhere: label, hint, error, field (templates/ui/_form.html, _field.html)."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    form_template_name = "ui/_form.html"
    formset_template_name = "ui/_formset.html"
    field_template_name = "ui/_field.html"
