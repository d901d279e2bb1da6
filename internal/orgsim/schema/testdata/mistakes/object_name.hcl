# object "9Lives__c": not an API name
object "9Lives__c" {}
