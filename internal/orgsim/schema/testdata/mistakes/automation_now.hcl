# automation "a": transform "now" is of dates and datetimes, and field Title is of type text
object "Contact" {
  automation "a" {
    field     = "Title"
    transform = "now"
  }
}
