package recordid

// objects are the standard objects that a report is likely to hold ids of, by the key prefix that their ids begin with
// in every org (Salesforce Knowledge: standard field record ID prefix decoder). The prefixes of custom objects differ
// from org to org.
var objects = map[string]string{
	"001": "Account",
	"002": "Note",
	"003": "Contact",
	"005": "User",
	"006": "Opportunity",
	"00D": "Organization",
	"00E": "UserRole",
	"00G": "Group",
	"00P": "Attachment",
	"00Q": "Lead",
	"00T": "Task",
	"00U": "Event",
	"00e": "Profile",
	"00k": "OpportunityLineItem",
	"00v": "CampaignMember",
	"012": "RecordType",
	"015": "Document",
	"01s": "Pricebook2",
	"01t": "Product2",
	"01u": "PricebookEntry",
	"02i": "Asset",
	"0PS": "PermissionSet",
	"0Q0": "Quote",
	"500": "Case",
	"501": "Solution",
	"701": "Campaign",
	"800": "Contract",
	"801": "Order",
	"802": "OrderItem",
}

// Object names the standard object whose records have ids such as this one. It is false for what may be the id of
// anything, such as a record of a custom object.
func Object(id string) (name string, known bool) {
	if len(id) < 3 {
		return "", false
	}
	name, known = objects[id[:3]]
	return name, known
}
