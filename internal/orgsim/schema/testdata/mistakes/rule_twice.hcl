# rule_twice.hcl:6,3: object Case: assignment_rule "r": each rule has a name of its own
object "Case" {
  assignment_rule "r" {
    owner = "a"
  }
  assignment_rule "r" {
    owner = "b"
  }
}
