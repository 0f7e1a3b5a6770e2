using MedInsure.Kernel;

namespace MedInsure.FraudAudit.TestResults;

internal static class TestResultRefusals
{
    public static readonly Refusal ProviderElsewhere = new(RefusalKind.Precondition, "test_result.provider_elsewhere", "该机构由其他县区管理，检查结果须报送该县区", "the provider is another county's, where its results are told", "fixmedins_code");
    public static readonly Refusal FileTooLarge = new(RefusalKind.Exhausted, "test_result.file_too_large", "文件超过16MiB", "the file is larger than 16 MiB");
    public static readonly Refusal Unknown = new(RefusalKind.NotFound, "test_result.unknown", "没有该检查结果，或已撤回", "there is no such result, or it was withdrawn", "result_no");
}
