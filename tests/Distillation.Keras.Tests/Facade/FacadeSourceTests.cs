using System.Runtime.CompilerServices;

namespace Distillation.Keras.Tests.Facade;

public sealed class FacadeSourceTests
{
    [TestCaseSource(typeof(FacadeModule), nameof(FacadeModule.All))]
    public void A_module_is_what_the_classes_say(FacadeModule module)
    {
        string path = PathOf(module);
        Assume.That(path, Does.Exist, "The sources are not on this machine.");
        Assert.That(
            File.ReadAllText(path),
            Is.EqualTo(FacadeSource.Write(module)),
            "The classes have changed. Write the facade anew: dotnet test tests/Distillation.Keras.Tests --filter FullyQualifiedName~Write_the_modules_anew");
    }

    [Explicit("Overwrites sources.")]
    [TestCaseSource(typeof(FacadeModule), nameof(FacadeModule.All))]
    public void Write_the_modules_anew(FacadeModule module)
    {
        File.WriteAllText(PathOf(module), FacadeSource.Write(module));
        Assert.That(PathOf(module), Does.Exist);
    }

    private static string PathOf(FacadeModule module, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Distillation.Keras/Facade", module.ClassName + ".cs"));
}
