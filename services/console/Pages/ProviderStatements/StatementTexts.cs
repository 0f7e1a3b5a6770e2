namespace MedInsure.Console.Pages.ProviderStatements;

/// <summary>States and acts in both languages.</summary>
public static class StatementTexts
{
    public static readonly string[] States = ["accepted", "in_review", "first_reviewed", "reviewed", "approved", "paid", "rejected"];

    public static string State(string state, Func<string, string, string> t) => state switch
    {
        "accepted" => t("待初审", "To be reviewed"),
        "in_review" => t("初审中", "In review"),
        "first_reviewed" => t("待复审", "Reviewed once"),
        "reviewed" => t("待审批", "Reviewed twice"),
        "approved" => t("待拨付", "Approved"),
        "paid" => t("已拨付", "Paid"),
        "rejected" => t("已驳回", "Rejected"),
        _ => state,
    };

    public static string Act(string act, Func<string, string, string> t) => act switch
    {
        "accepted" => t("受理", "Accepted"),
        "review_begun" => t("开始初审", "Review begun"),
        "first_reviewed" => t("初审", "First review"),
        "second_reviewed" => t("复审", "Second review"),
        "approved" => t("审批", "Approval"),
        "paid" => t("拨付", "Payment"),
        "sent_back" => t("退回", "Sent back"),
        "rejected" => t("驳回", "Rejected"),
        _ => act,
    };
}
