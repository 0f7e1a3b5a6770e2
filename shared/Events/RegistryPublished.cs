namespace MedInsure.Events;

/// <summary>A catalog version of a city is in force; consumers fetch the rows after the version they hold. Aggregate: the city's code.</summary>
public sealed record CatalogPublished(string City, long Version);

/// <summary>A disease list version of a city is in force. Aggregate: the city's code.</summary>
public sealed record DiseasesPublished(string City, long Version);

/// <summary>Doctors or decisions on them changed up to this version. Aggregate: the city's code.</summary>
public sealed record DoctorsChanged(string City, long Version);

/// <summary>Providers or agreements of a city changed up to this version. Aggregate: the city's code.</summary>
public sealed record ProvidersChanged(string City, long Version);
