"""The access matrix: for every address of the portal, which role gets which status, declared as data.

How to add a row. Every url name needs one; `test_every_address_has_a_row` names those that have none.
1. Open (or make) `tests/access/rows_<app>.py`: a list `ROWS` of `row(...)`, see `tests/access/matrix.py`:

       from tests.access.matrix import ADMINISTRATORS, ADMINISTRATION, FAMILY, STAFF, row

       ROWS = [
           # nothing in the address: one set of statuses; who is not named gets `rest` (404)
           row("chats:list", own={200: SIGNED_IN}),
           # an address of a school: `other_school` is tried by itself and must be 404 for everybody
           row("school:home", lambda p: {"school_id": p.school.pk}, own={200: MEMBERS}),
           # an address of a class or of what belongs to one: say also who reaches the other class of the same school
           row(
               "school:class",
               lambda p: {"school_id": p.school.pk, "pk": p.school_class.pk},
               own={200: "administrator additional_administrator director deputy homeroom class_teacher pupil parent"},
               other_class={200: ADMINISTRATORS + ADMINISTRATION},
           ),
           # what only a POST does; `data` may need the place
           row("school:archive", ..., method="post", data=lambda p: {"confirm": "1"}, own={302: ADMINISTRATORS, 403: STAFF}),
       ]

   The function gets a `tests.world.Place`: school, school_class, study_group, part, pupil, parent, classmate,
   classmates_parent, homeroom, class_teacher. The actors of all roles stand in the place `own`: "pupil" is
   `own.pupil`, "parent" is his parent, "applicant" a teacher who waits for the status.
2. An object of your app (a chat, an invite) is made once: write `def prepare(place: Place) -> None` in the same
   module, put it into `place.made["chat"]`, use `p.made["chat"].pk` in the row.
3. Each row is tried for all roles, each in a transaction that is rolled back. Anonymous gets the sign-in page (302),
   under /api/ 401; say `anonymous=200` where the page is public.
4. An address that is not ours (allauth, admin) goes to `exempt.py` with the reason.
Run: `python -m pytest tests/access -k <app>`. A failure lists every role whose status differs.
"""
