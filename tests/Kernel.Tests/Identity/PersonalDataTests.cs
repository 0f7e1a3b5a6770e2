namespace MedInsure.Kernel.Tests.Identity;

[Trait("Category", "Unit")]
public sealed class PersonalDataTests
{
    [Theory]
    [InlineData("张三丰", "张**")]
    [InlineData("李四", "李*")]
    [InlineData("王", "王*")] // a single character must not stand open
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Name_KeepsItsFirstCharacter(string? name, string masked) => Assert.Equal(masked, PersonalData.MaskName(name));

    [Theory]
    [InlineData("230102198001010012", "2301************12")]
    [InlineData("1234567", "1234*67")]
    [InlineData("123456", "******")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Certificate_KeepsFourAndTwo(string? number, string masked) => Assert.Equal(masked, PersonalData.MaskCertificate(number));
}
