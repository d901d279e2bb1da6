# the plural label has 41 characters
object "Thing__c" {
  label_plural = "LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL"
}
