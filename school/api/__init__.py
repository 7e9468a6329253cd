"""The API of the school: its information, classes, people and facts.

The same services, rights and doors as the pages: what is not visible is a 404, a missing right a 403 with its clause, what
cannot be done a 409 with a code. An id in a body that is not visible is an error of its field.
"""

from django.urls import path

from . import acts, facts, people, structure

urlpatterns = [
    path("schools/", structure.SchoolsView.as_view(), name="schools"),
    path("schools/<int:pk>/", structure.SchoolView.as_view(), name="school"),
    path("schools/<int:school_id>/classes/", structure.ClassesView.as_view(), name="classes"),
    path("classes/<int:pk>/", structure.ClassView.as_view(), name="class"),
    path("classes/<int:pk>/archive/", structure.ArchiveView.as_view(), name="archive_class"),
    path("classes/<int:pk>/study-groups/", structure.StudyGroupsView.as_view(), name="study_groups"),
    path("classes/<int:pk>/pupils/", people.PupilsView.as_view(), name="pupils"),
    path("schools/<int:school_id>/people/", people.PeopleView.as_view(), name="people"),
    path("schools/<int:school_id>/staff/", people.StaffView.as_view(), name="staff"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/<int:pk>/remove/", people.RemoveView.as_view(), name="remove_person"),
    path("schools/<int:school_id>/enrolments/", facts.EnrolmentsView.as_view(), name="enrolments"),
    path("enrolments/<int:pk>/move/", facts.MoveView.as_view(), name="move_pupil"),
    path("schools/<int:school_id>/guardianships/", facts.GuardianshipsView.as_view(), name="guardianships"),
    path("guardianships/<int:pk>/", facts.GuardianshipView.as_view(), name="guardianship"),
    path("schools/<int:school_id>/positions/", facts.PositionsView.as_view(), name="positions"),
    path("positions/<int:pk>/", facts.PositionView.as_view(), name="position"),
    path("schools/<int:school_id>/homerooms/", facts.HomeroomsView.as_view(), name="homerooms"),
    path("homerooms/<int:pk>/", facts.HomeroomView.as_view(), name="homeroom"),
    path("schools/<int:school_id>/teachings/", facts.TeachingsView.as_view(), name="teachings"),
    path("schools/<int:school_id>/acts/", acts.ActsView.as_view(), name="acts"),
    path("acts/<int:pk>/approve/", acts.ApproveView.as_view(), name="approve_act"),
    path("acts/<int:pk>/cancel/", acts.CancelView.as_view(), name="cancel_act"),
    path("teachings/<int:pk>/", facts.TeachingView.as_view(), name="teaching"),
]
