using System.Text.Json.Nodes;
using Distillation.Keras.Layers;

namespace Distillation.Keras.Conformance.Suites;

/// <summary>Files that are missing, misnamed or of another model.</summary>
internal static class SaveCalls
{
    /// <summary>The calls by their names in the file.</summary>
    public static IEnumerable<KeyValuePair<string, Func<JsonNode?>>> Table(CallDimensions sizes)
    {
        (string What, Func<string, JsonNode?> Call)[] calls =
        [
            ("save to a name without .keras or .h5", at => Done(() => Net(sizes.Classes).Save(at + "m.model"))),
            ("load_model of a missing file", at => Model.Load(at + "missing.keras").Name),
            ("load_weights of a missing file", at => Done(() => Net(sizes.Classes).LoadWeights(at + "missing.weights.h5"))),
            ("save_weights to a name without .weights.h5", at => Done(() => Net(sizes.Classes).SaveWeights(at + "m.h5"))),
            (
                "load_weights of another architecture",
                at =>
                    Done(() =>
                    {
                        Net(sizes.Classes).SaveWeights(at + "a.weights.h5");
                        Net(sizes.Classes + 1).LoadWeights(at + "a.weights.h5");
                    })
            ),
            (
                "load_model of a Lambda",
                at =>
                    Done(() =>
                    {
                        new Sequential(new Input(5), new Lambda(x => x.add(x))).Save(at + "l.keras");
                        Model.Load(at + "l.keras");
                    })
            ),
            ("save an unbuilt Sequential", at => Unbuilt(at + "u.keras")),
            (
                "save twice with overwrite=False",
                at =>
                    Done(() =>
                    {
                        Net(sizes.Classes).Save(at + "o.keras");
                        Net(sizes.Classes).Save(at + "o.keras", overwrite: false);
                    })
            ),
        ];
        return calls.Select(e => KeyValuePair.Create($"save: {e.What}", InFolder(e.Call)));
    }

    private static Sequential Net(int units) => new(new Input(5), new Dense(units, activation: "softmax"));

    private static JsonNode? Unbuilt(string path)
    {
        new Sequential(new Dense(3)).Save(path);
        return null;
    }

    private static JsonValue? Done(Action call)
    {
        call();
        return JsonValue.Create("None");
    }

    private static Func<JsonNode?> InFolder(Func<string, JsonNode?> call) =>
        () =>
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("conformance");
            try
            {
                return call(folder.FullName + Path.DirectorySeparatorChar);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        };
}
