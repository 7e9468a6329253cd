"""Lists that schools have already: files are read, mapped and compared with the portal's lists; nothing is written here.

    tables (what was read) ← xlsx, delimited ← reading   headers → records (whom the rows mean) → plan_… (what would change)

What carries a plan out is `school/services/import_writing.py`.
"""
