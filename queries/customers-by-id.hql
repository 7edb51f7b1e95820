-- Which customers have an id that starts with a given text?
--
-- TO ASK ABOUT ANOTHER TYPE, edit the type behind `from`, the field and the text. A type's fields are columns:
-- `describe` and `select name, field_type from fields where type = '...'` list them.

select address, Id, Name
from testwebapi.Controllers.Customer
where starts_with(Id, 'C1')
limit 25;
