# object_label_long.hcl:2,1: object "Thing__c": the label has 41 characters
object "Thing__c" {
  label = "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"
}
