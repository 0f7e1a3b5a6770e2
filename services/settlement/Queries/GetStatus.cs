using Google.Protobuf;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Queries;

/// <summary>How far a tenant's journal and its tables are, and which reference data its writer uses.</summary>
public static class GetStatus
{
    public static GetStatusReply Query(TenantJournal journal, ReferenceData reference)
    {
        var city = reference.Find(journal.Tenant.CityCode);
        return new GetStatusReply
        {
            JournalSeq = journal.CommittedSeq,
            ProjectedSeq = journal.Projector.ProjectedSeq,
            HoldsLease = journal.HoldsLease,
            CatalogVersion = city?.CatalogVersion ?? 0,
            DiseaseVersion = city?.DiseaseVersion ?? 0,
            ProviderVersion = city?.ProviderVersion ?? 0,
            HeadHash = ByteString.CopyFrom(journal.HeadHash),
        };
    }
}
