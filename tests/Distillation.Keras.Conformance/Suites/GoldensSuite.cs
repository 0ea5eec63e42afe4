using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Conformance;

/// <summary>
/// Model files that other people made: what they compute for a fixed input and for digits, and how many test digits they get right.
/// </summary>
public sealed partial class GoldensSuite : ISuite
{
    // As in ModelsSuite; the files are of many versions and backends.
    private const double Tolerance = 1e-5;

    // Where Debian's package of it puts the files.
    private const string FashionOfDebian = "/usr/share/datasets/fashion-mnist";

    // Rounding decides a digit now and then.
    private const int Digits = 2;

    /// <inheritdoc/>
    public string File => "goldens";

    /// <inheritdoc/>
    public IEnumerable<FixtureCase> Cases(Fixture fixture)
    {
        string folder = fixture.Folder;
        return fixture.All.Select(e => new FixtureCase(e.Name, check => Run(fixture, folder, e.Key, e.Object, check)));
    }

    private static void Run(Fixture fixture, string folder, string name, JsonObject entry, Check check)
    {
        if (entry["kind"]?.Text() != "keras")
        {
            throw new UnsupportedException("the library does not read ONNX yet");
        }

        Model model = Load(Path.Combine(folder, "keras", name), fixture, name);
        foreach (string key in Keys(fixture, $"{name}/y/"))
        {
            using NDArray output = model.PredictOutputs(fixture.Array($"{name}/x"))[int.Parse(key, CultureInfo.InvariantCulture)];
            check.Close($"y/{key}", Backend.TensorConversion.ToTensor(output), fixture.Array($"{name}/y/{key}"), Tolerance);
        }

        // What another version gave, for people to compare.
        foreach (string key in Keys(fixture, $"{name}/y_unrotated/"))
        {
            fixture.Array($"{name}/y_unrotated/{key}").Dispose();
        }

        if (fixture.Has($"{name}/mnist"))
        {
            Tensor expected = fixture.Array($"{name}/mnist");
            if (FirstDigits(fixture, folder, expected.shape[0]) is Tensor digits)
            {
                using NDArray output = model.Predict(Images(model, Scaled(digits)));
                check.Close("mnist", Backend.TensorConversion.ToTensor(output), expected, Tolerance);
            }

            foreach ((RawImageDataset data, string scale, long right) in Counts(Path.Combine(folder, "..", "data"), entry))
            {
                CountRight(model, data, scale, right, check);
            }
        }

        if (check.Comparisons == 0)
        {
            throw new UnsupportedException(entry["how"].Text());
        }
    }

    // Of weights alone the architecture is somewhere else; what computes what is expected is taken for it.
    private static Model Load(string path, Fixture fixture, string name)
    {
        try
        {
            return LoadedModel.From(path);
        }
        catch (UnsupportedException) when (GuessedModels.HasWeightsAlone(path))
        {
            bool hasOwn = fixture.Has($"{name}/x");
            Tensor x = hasOwn ? fixture.Array($"{name}/x") : Scaled(fixture.Array("mnist/x"));
            Tensor y = fixture.Array(hasOwn ? $"{name}/y/0" : $"{name}/mnist");
            foreach (Model model in GuessedModels.Of(path, hasOwn ? x.shape[1..] : null))
            {
                using NDArray output = model.Predict(Images(model, x));
                Tensor found = Backend.TensorConversion.ToTensor(output);
                if (found.shape.SequenceEqual(y.shape) && found.sub(y).abs().max().item<float>() < Tolerance)
                {
                    return model;
                }

                model.Release();
            }

            throw;
        }
    }

    // A model of a fixed batch was given as many of the test images, which are elsewhere; null where they are not.
    private static Tensor? FirstDigits(Fixture fixture, string folder, long count)
    {
        Tensor some = fixture.Array("mnist/x");
        string mnist = Path.Combine(folder, "..", "data", "mnist");
        return count <= some.shape[0] ? some
            : Directory.Exists(mnist) ? Backend.TensorConversion.ToTensor(Datasets.Mnist.LoadRaw(mnist).TestX).narrow(0, 0, count)
            : null;
    }

    // What the files' list says of the test images of MNIST or Fashion-MNIST, "fashion softmax x/255:9067 raw:8414", where those are.
    private static IEnumerable<(RawImageDataset Data, string Scale, long Right)> Counts(string folder, JsonObject entry)
    {
        string listed = entry["manifest"]?.Text() ?? string.Empty;
        bool isFashion = listed.StartsWith("fashion", StringComparison.Ordinal);
        string[] places = isFashion ? [Path.Combine(folder, "fashion-mnist"), FashionOfDebian] : [Path.Combine(folder, "mnist")];
        if (Array.Find(places, Directory.Exists) is not string place)
        {
            yield break;
        }

        RawImageDataset data = isFashion ? Datasets.FashionMnist.LoadRaw(place) : Datasets.Mnist.LoadRaw(place);
        foreach (Match count in Listed().Matches(listed))
        {
            yield return (data, count.Groups["scale"].Value, long.Parse(count.Groups["right"].Value, CultureInfo.InvariantCulture));
        }

        if (listed.Length == 0 && entry["mnist_test_x/255_right_of_10000"] is JsonNode right)
        {
            yield return (data, "x/255", (long)right.Number());
        }
    }

    private static void CountRight(Model model, RawImageDataset data, string scale, long expected, Check check)
    {
        Tensor bytes = Backend.TensorConversion.ToTensor(data.TestX).to(ScalarType.Float32);
        Tensor images = scale switch
        {
            "x/255" => bytes.div(255),
            "raw" => bytes,
            _ => bytes.div(127.5).sub(1),
        };
        Tensor labels = Backend.TensorConversion.ToTensor(data.TestY).to(ScalarType.Int64);
        using NDArray output = model.Predict(Images(model, images), batch_size: 500);
        long right = Backend.TensorConversion.ToTensor(output).argmax(1).eq(labels.view(-1)).sum().item<long>();
        check.Compared();
        if (Math.Abs(right - expected) > Digits)
        {
            check.Differ("right", $"{right} of 10,000 test images as {scale}, expected {expected}");
        }
    }

    private static Tensor Scaled(Tensor bytes) => bytes.to(ScalarType.Float32).div(255);

    private static Tensor Images(Model model, Tensor images) =>
        images.reshape([images.shape[0], .. model.Input.Shape.Skip(1).Select(d => (long)d!.Value)]);

    private static IEnumerable<string> Keys(Fixture fixture, string prefix) =>
        fixture.Arrays.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..]);

    [GeneratedRegex(@"(?<scale>x/255|raw|x/127\.5-1):(?<right>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listed();
}
