-- question: Which customers have an id that starts with a given text?
-- dumps: 1
--
-- TO ASK ABOUT ANOTHER TYPE, edit the type behind `from`, the field and the text. A type's fields are columns:
-- `select name, field_type from fields where type = '...'` lists them.

select address, id
from testwebapi.Controllers.Customer
where starts_with(id, 'e9')
limit 25;
