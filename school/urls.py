"""Addresses of the school's pages. Everything of one school is under `/schools/<school_id>/`."""

from django.urls import URLPattern, URLResolver, include, path

from .views import (
    acts,
    classes,
    events,
    exports,
    family,
    home,
    import_acts,
    imports,
    movements,
    orders,
    people,
    person_acts,
    registration,
    rights,
    role_change,
    rollover,
    schools,
    staff,
    structure,
    study_groups,
    undo,
    verification,
)

app_name = "school"

_structure: list[URLPattern | URLResolver] = [
    path("classes/", structure.structure, name="structure"),
    path("classes/new/", structure.create_classes, name="create_classes"),
    path("classes/subjects/", structure.subjects, name="subjects"),
    path("classes/<int:pk>/", classes.class_page, name="class"),
    path("classes/<int:pk>/subjects/", classes.teachers, name="class_teachers"),
    path("classes/<int:pk>/subjects/add/", study_groups.add_study_group, name="add_study_group"),
    path("classes/<int:pk>/edit/", classes.edit_class, name="edit_class"),
    path("classes/<int:pk>/archive/", classes.archive_class, name="archive_class"),
    path("classes/<int:pk>/homeroom/", classes.homeroom, name="homeroom"),
    path("classes/<int:pk>/homeroom/release/", classes.release_homeroom, name="release_homeroom"),
    path("classes/<int:pk>/pupils/add/", classes.add_pupil, name="add_pupil"),
    path("classes/groups/<int:pk>/", study_groups.study_group, name="study_group"),
    path("classes/groups/<int:pk>/members/", study_groups.set_members, name="group_members"),
    path("classes/teachings/<int:pk>/release/", study_groups.release_teaching, name="release_teaching"),
]

_rollover: list[URLPattern | URLResolver] = [
    path("rollover/", rollover.rollover, name="rollover"),
    path("rollover/start/", rollover.start_rollover, name="start_rollover"),
    path("rollover/terms/", rollover.edit_rollover, name="edit_rollover"),
    path("rollover/classes/<int:pk>/", rollover.rollover_class, name="rollover_class"),
    path("rollover/changes/", rollover.rollover_changes, name="rollover_changes"),
    path("rollover/begin/", rollover.begin_rollover, name="begin_rollover"),
    path("rollover/progress/", rollover.rollover_progress, name="rollover_progress"),
    path("rollover/discard/", rollover.discard_rollover, name="discard_rollover"),
]

_people: list[URLPattern | URLResolver] = [
    path("people/", people.people, name="people"),
    path("people/export/", exports.export_people, name="export_people"),
    path("people/remove/", person_acts.remove_many, name="remove_people"),
    path("people/lookup/<str:who>/", people.lookup, name="lookup"),
    path("people/<int:pk>/", people.person_card, name="person"),
    path("people/<int:pk>/edit/", person_acts.edit_person, name="edit_person"),
    path("people/<int:pk>/move/", person_acts.move, name="move"),
    path("people/<int:pk>/remove/", person_acts.remove, name="remove"),
    path("people/<int:pk>/role/", role_change.role_change, name="role_change"),
    path("people/<int:pk>/positions/add/", person_acts.add_position, name="add_position"),
    path("people/<int:pk>/detach/", person_acts.detach, name="detach"),
    path("people/<int:pk>/activist/", person_acts.set_activist, name="set_activist"),
    path("people/<int:pk>/parents/add/", family.add_parent, name="add_parent"),
    path("people/positions/<int:pk>/end/", person_acts.end_position, name="end_position"),
    path("people/parents/<int:pk>/remove/", family.remove_parent, name="remove_parent"),
]

_movement: list[URLPattern | URLResolver] = [
    path("movement/", movements.journal, name="movements"),
    path("movement/new/", movements.choose_kind, name="new_movement"),
    path("movement/new/<str:kind>/", movements.new_movement, name="movement"),
    path("movement/report/", movements.report, name="movement_report"),
    path("movement/report/export/", exports.export_movement, name="export_movement"),
]

_staff: list[URLPattern | URLResolver] = [
    path("staff/", staff.staff, name="staff"),
    path("staff/add/", staff.add_staff, name="add_staff"),
    path("staff/administrators/", staff.administrators, name="administrators"),
    path("staff/administrators/appoint/", staff.appoint, name="appoint"),
    path("staff/administrators/<int:pk>/dismiss/", staff.dismiss, name="dismiss"),
    path("staff/verification/", verification.verification, name="verification"),
    path("staff/verification/decide/", verification.decide, name="decide_verification"),
    path("verification/", verification.mine, name="my_verification"),
]

_imports: list[URLPattern | URLResolver] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.new_import, name="new_import"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/columns/", imports.columns, name="import_columns"),
    path("imports/<int:pk>/progress/", imports.progress, name="import_progress"),
    path("imports/<int:pk>/errors/", import_acts.errors, name="import_errors"),
    path("imports/<int:pk>/apply/", import_acts.apply, name="apply_import"),
    path("imports/<int:pk>/cancel/", import_acts.cancel, name="cancel_import"),
]

_order: list[URLPattern | URLResolver] = [
    path("rights/", rights.rights, name="rights"),
    path("rights/set/", rights.set_right, name="set_right"),
    path("rights/why/<str:codename>/", rights.why, name="why"),
    path("rights/without-order/", orders.without_order, name="rights_without_order"),
    path("rights/without-order/<str:what>/<int:pk>/", orders.name_order, name="name_order"),
    path("rights/temporary/", rights.temporary_rights, name="temporary_rights"),
    path("rights/temporary/grant/", rights.grant, name="grant"),
    path("rights/temporary/<str:scope>/<int:pk>/end/", rights.end_grant, name="end_grant"),
    path("events/", events.events, name="events"),
    path("acts/<int:pk>/undo/", undo.undo_act, name="undo_act"),
    path("events/export/", exports.export_events, name="export_events"),
    path("acts/", acts.acts, name="acts"),
    path("acts/<int:pk>/approve/", acts.approve, name="approve_act"),
    path("acts/<int:pk>/cancel/", acts.cancel, name="cancel_act"),
    path("acts/<int:pk>/file/", acts.take, name="take_export"),
]

_school: list[URLPattern | URLResolver] = [
    path("", schools.school_home, name="home"),
    path("edit/", schools.edit, name="edit"),
    *_structure,
    *_rollover,
    *_people,
    *_movement,
    *_staff,
    *_imports,
    *_order,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("registration/", registration.register, name="register"),
    path("registration/sent/", registration.registered, name="registered"),
    path("news/", home.news, name="news"),
    path("schools/<int:school_id>/", include(_school)),
]
