using System.Runtime.CompilerServices;

namespace Distillation.Keras.Tests.Facade;

public sealed class FacadeSourceTests
{
    [TestCaseSource(typeof(FacadeModule), nameof(FacadeModule.All))]
    public void A_module_is_what_the_classes_say(FacadeModule module)
    {
        string path = PathOf(module);
        Assume.That(path, Does.Exist, "The sources are not on this machine.");
        string source = FacadeSource.Write(module);
        if (Environment.GetEnvironmentVariable("WRITE_FACADE") == "1")
        {
            File.WriteAllText(path, source);
        }

        Assert.That(
            File.ReadAllText(path),
            Is.EqualTo(source),
            "The classes have changed. Write the facade anew: WRITE_FACADE=1 dotnet test tests/Distillation.Keras.Tests --filter FullyQualifiedName~FacadeSourceTests");
    }

    private static string PathOf(FacadeModule module, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Distillation.Keras/Facade", module.ClassName + ".cs"));
}
