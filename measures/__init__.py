"""The policy as code: twelve measures, their items, and the one door `measures.evaluation.evaluate`.

Pure: no ORM, no clock, no settings and no input or output. What the rules need from the world comes in as a
`Case` and as `ReferenceData`; what they say goes out as a `CaseResult`.
"""
