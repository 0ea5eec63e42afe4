using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>
/// Who makes a tensor on the host, whatever device a model is on, is listed here with the reason. All else makes its tensors where its
/// arguments are; that nothing is left to libtorch's default device is seen by the tests of devices.
/// </summary>
public sealed partial class HostTensorTests
{
    private static readonly Dictionary<string, string[]> Files = new(StringComparer.Ordinal)
    {
        ["data and states, which stay on the host"] =
        [
            "DataChecks.cs",
            "Normalization.cs",
            "PrecomputedTeacher.cs",
            "StateArray.cs",
            "StreamBatches.cs",
            "StringTensors.cs",
            "TensorConversion.cs",
        ],
        ["the order of the data"] = ["ArrayBatches.cs", "TeacherCache.cs"],
        ["results for all samples"] = ["Model.Programs.cs", "TeacherCache.cs"],
        ["measures on arrays"] = ["Correlation.cs", "McNemarTest.cs", "SortedConfidences.cs"],
        ["where everything is until somebody says otherwise"] =
        [
            "BatchRows.cs",
            "Layer.Placement.cs",
            "Metric.cs",
            "ObjectiveBinding.cs",
            "Teacher.cs",
        ],
        ["first values, which the variable moves"] =
        [
            "Constant.cs",
            "Identity.cs",
            "IndexLookup.cs",
            "Layer.Building.cs",
            "Ones.cs",
            "Orthogonal.cs",
            "RandomInitializer.cs",
            "STFT.cs",
            "Zeros.cs",
        ],
        ["numbers that each step reads"] = ["OptimizerNumber.cs"],
        ["scalars, which go with tensors of any device"] = ["OperationValues.cs"],
        ["random numbers, moved where they are drawn"] =
        [
            "BaseNoise.cs",
            "DropoutRNNCell.cs",
            "ImageDraws.cs",
            "ImageMixing.cs",
            "NegativeSampler.cs",
            "NoiseMask.cs",
            "RandomState.cs",
        ],
        ["numbers computed in C#, moved where they are made"] = ["ImageFilters.cs", "ImageHistograms.cs", "Interpolations.cs"],
    };

    [Test]
    public void Only_what_is_listed_makes_tensors_on_the_host()
    {
        string[] found =
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Where(f => File.ReadLines(f).Any(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal) && Host().IsMatch(l)))
                .Select(f => Path.GetFileName(f)!),
        ];
        Assert.That(found, Is.EquivalentTo(Files.Values.SelectMany(f => f).Distinct()));
    }

    [GeneratedRegex(@"(?:, |: )CPU\b|\bDevice\.Cpu\b")]
    private static partial Regex Host();
}
