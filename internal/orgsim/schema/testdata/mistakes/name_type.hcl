# the name of a custom object is of type text or autonumber, not "number"
object "Thing__c" {
  field "Name" {
    type = "number"
  }
}
