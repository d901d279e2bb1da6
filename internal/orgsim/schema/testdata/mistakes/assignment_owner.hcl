# assignment_rule "r": owner must be a username
object "Lead" {
  assignment_rule "r" {
    owner = ""
  }
}
