package sobject

const (
	masterRecordType       = "012000000000000AAA"
	multiPicklistPrecision = 10 // as recorded; it is the number of visible lines
)

// objectSummary is an object in the global describe.
type objectSummary struct {
	Activateable        bool              `json:"activateable"`
	AssociateEntityType *string           `json:"associateEntityType"`
	AssociateParent     *string           `json:"associateParentEntity"`
	Createable          bool              `json:"createable"`
	Custom              bool              `json:"custom"`
	CustomSetting       bool              `json:"customSetting"`
	DeepCloneable       bool              `json:"deepCloneable"`
	Deletable           bool              `json:"deletable"`
	DeprecatedAndHidden bool              `json:"deprecatedAndHidden"`
	FeedEnabled         bool              `json:"feedEnabled"`
	HasSubtypes         bool              `json:"hasSubtypes"`
	IsInterface         bool              `json:"isInterface"`
	IsSubtype           bool              `json:"isSubtype"`
	KeyPrefix           string            `json:"keyPrefix"`
	Label               string            `json:"label"`
	LabelPlural         string            `json:"labelPlural"`
	Layoutable          bool              `json:"layoutable"`
	Mergeable           bool              `json:"mergeable"`
	MRUEnabled          bool              `json:"mruEnabled"`
	Name                string            `json:"name"`
	Queryable           bool              `json:"queryable"`
	Replicateable       bool              `json:"replicateable"`
	Retrieveable        bool              `json:"retrieveable"`
	Searchable          bool              `json:"searchable"`
	Triggerable         bool              `json:"triggerable"`
	Undeletable         bool              `json:"undeletable"`
	Updateable          bool              `json:"updateable"`
	URLs                map[string]string `json:"urls"`
}

// objectDescribe is an object with its fields. Keys that never differ in this
// org keep their recorded empty values.
type objectDescribe struct {
	objectSummary

	ActionOverrides       []any               `json:"actionOverrides"`
	ChildRelationships    []childRelationship `json:"childRelationships"`
	CompactLayoutable     bool                `json:"compactLayoutable"`
	DefaultImplementation *string             `json:"defaultImplementation"`
	ExtendedBy            *string             `json:"extendedBy"`
	ExtendsInterfaces     *string             `json:"extendsInterfaces"`
	Fields                []fieldDescribe     `json:"fields"`
	ImplementedBy         *string             `json:"implementedBy"`
	ImplementsInterfaces  *string             `json:"implementsInterfaces"`
	Listviewable          *bool               `json:"listviewable"`
	LookupLayoutable      *bool               `json:"lookupLayoutable"`
	NamedLayoutInfos      []any               `json:"namedLayoutInfos"`
	NetworkScopeFieldName *string             `json:"networkScopeFieldName"`
	RecordTypeInfos       []recordTypeInfo    `json:"recordTypeInfos"`
	SearchLayoutable      bool                `json:"searchLayoutable"`
	SObjectDescribeOption string              `json:"sobjectDescribeOption"`
	SupportedScopes       []any               `json:"supportedScopes"`
}

type recordTypeInfo struct {
	Active        bool              `json:"active"`
	Available     bool              `json:"available"`
	Default       bool              `json:"defaultRecordTypeMapping"`
	DeveloperName string            `json:"developerName"`
	Master        bool              `json:"master"`
	Name          string            `json:"name"`
	ID            string            `json:"recordTypeId"`
	URLs          map[string]string `json:"urls"`
}

type picklistValue struct {
	Active       bool    `json:"active"`
	DefaultValue bool    `json:"defaultValue"`
	Label        string  `json:"label"`
	ValidFor     *string `json:"validFor"`
	Value        string  `json:"value"`
}

// fieldDescribe is a field in describe, with every key that was recorded.
type fieldDescribe struct {
	Aggregatable                 bool            `json:"aggregatable"`
	AIPredictionField            bool            `json:"aiPredictionField"`
	AutoNumber                   bool            `json:"autoNumber"`
	ByteLength                   int             `json:"byteLength"`
	Calculated                   bool            `json:"calculated"`
	CalculatedFormula            *string         `json:"calculatedFormula"`
	CascadeDelete                bool            `json:"cascadeDelete"`
	CaseSensitive                bool            `json:"caseSensitive"`
	CompoundFieldName            *string         `json:"compoundFieldName"`
	ControllerName               *string         `json:"controllerName"`
	Createable                   bool            `json:"createable"`
	Custom                       bool            `json:"custom"`
	DefaultValue                 any             `json:"defaultValue"`
	DefaultValueFormula          *string         `json:"defaultValueFormula"`
	DefaultedOnCreate            bool            `json:"defaultedOnCreate"`
	DependentPicklist            bool            `json:"dependentPicklist"`
	DeprecatedAndHidden          bool            `json:"deprecatedAndHidden"`
	Digits                       int             `json:"digits"`
	DisplayLocationInDecimal     bool            `json:"displayLocationInDecimal"`
	Encrypted                    bool            `json:"encrypted"`
	ExternalID                   bool            `json:"externalId"`
	ExtraTypeInfo                *string         `json:"extraTypeInfo"`
	Filterable                   bool            `json:"filterable"`
	FilteredLookupInfo           *string         `json:"filteredLookupInfo"`
	FormulaTreatNullNumberAsZero bool            `json:"formulaTreatNullNumberAsZero"`
	Groupable                    bool            `json:"groupable"`
	HighScaleNumber              bool            `json:"highScaleNumber"`
	HTMLFormatted                bool            `json:"htmlFormatted"`
	IDLookup                     bool            `json:"idLookup"`
	InlineHelpText               *string         `json:"inlineHelpText"`
	Label                        string          `json:"label"`
	Length                       int             `json:"length"`
	Mask                         *string         `json:"mask"`
	MaskType                     *string         `json:"maskType"`
	Name                         string          `json:"name"`
	NameField                    bool            `json:"nameField"`
	NamePointing                 bool            `json:"namePointing"`
	Nillable                     bool            `json:"nillable"`
	Permissionable               bool            `json:"permissionable"`
	PicklistValues               []picklistValue `json:"picklistValues"`
	PolymorphicForeignKey        bool            `json:"polymorphicForeignKey"`
	Precision                    int             `json:"precision"`
	QueryByDistance              bool            `json:"queryByDistance"`
	ReferenceTargetField         *string         `json:"referenceTargetField"`
	ReferenceTo                  []string        `json:"referenceTo"`
	RelationshipName             *string         `json:"relationshipName"`
	RelationshipOrder            *int            `json:"relationshipOrder"`
	RestrictedDelete             bool            `json:"restrictedDelete"`
	RestrictedPicklist           bool            `json:"restrictedPicklist"`
	Scale                        int             `json:"scale"`
	SearchPrefilterable          bool            `json:"searchPrefilterable"`
	SoapType                     string          `json:"soapType"`
	Sortable                     bool            `json:"sortable"`
	Type                         string          `json:"type"`
	Unique                       bool            `json:"unique"`
	Updateable                   bool            `json:"updateable"`
	WriteRequiresMasterRead      bool            `json:"writeRequiresMasterRead"`
}
