using MedInsure.ProviderRegistry.Diseases;

namespace MedInsure.ProviderRegistry.Tests.Diseases;

/// <summary>What is wrong with a row of diseases.csv in itself: one case per code.</summary>
[Trait("Category", "Unit")]
public sealed class DiseaseFileRowTests
{
    [Theory]
    [InlineData(",n,delivery,390,2020-01-01,,900,次", "code", "import.required")]
    [InlineData("D,,delivery,390,2020-01-01,,900,次", "name", "import.required")]
    [InlineData("D,n,birth,390,2020-01-01,,900,次", "kind", "import.unknown_code")]
    [InlineData("D,n,delivery,,2020-01-01,,900,次", "insutype", "import.required")]
    [InlineData("D,n,delivery,391x,2020-01-01,,900,次", "insutype", "import.unknown_code")]
    [InlineData("D,n,delivery,390,,,900,次", "begndate", "import.required")]
    [InlineData("D,n,delivery,390,2020-01-01,2019-01-01,900,次", "enddate", "disease.ends_before_start")]
    [InlineData("D,n,delivery,390,2020-01-01,,900.001,次", "amount", "import.bad_amount")]
    [InlineData("D,n,per_eye,390,2020-01-01,,,眼", "amount", "disease.amount_missing")]
    [InlineData("D,n,per_disease,390,2020-01-01,,0,例", "amount", "disease.amount_missing")]
    [InlineData("D,n,chronic_outpatient,390,2020-01-01,,5,", "amount", "disease.amount_not_fixed")]
    [InlineData("D,n,congenital_heart_child,380,2020-01-01,,5,", "amount", "disease.amount_not_fixed")]
    public async Task WrongField_IsRefusedByNameAndCode(string row, string column, string code)
    {
        var (rows, errors) = await ParsedRows<DiseaseFileRow>.Of(ImportDiseasesTests.Header + row + "\n", DiseaseFileRow.Columns, DiseaseFileRow.Parse);
        Assert.Empty(rows);
        Assert.Equal((2, column, code), Assert.Single(errors.Select(e => (e.Line, e.Column, e.Code))));
    }
}
