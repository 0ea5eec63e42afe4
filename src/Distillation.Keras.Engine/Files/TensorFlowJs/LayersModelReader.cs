using System.Text.Json.Nodes;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Files.TensorFlowJs;

/// <summary>Makes models of files of TensorFlow.js Layers.</summary>
internal static class LayersModelReader
{
    // What files of Keras 3 hold beside the weights.
    private const string OptimizerOfKeras3 = "optimizer/";
    private const string MetricsOfKeras3 = "metrics/";

    /// <summary>The model in a file.</summary>
    public static Model Load(LayersModelFile file, bool compile)
    {
        JsonObject config =
            file.Model
            ?? throw new ModelFormatException(
                "It holds weights alone, without an architecture: 'modelTopology' is empty. Make the model, and load them by "
                    + "model.LoadWeights(path)."
            );
        RefuseOtherThanKeras(config, file);
        using IDisposable known = OldFunctions.For(file.IsOld);
        Model model = ModelReader.Make(
            file.IsOld ? LegacyConfig.Model(config) : ModelReader.WithoutCompile(config),
            file.Weights.Elements,
            compile
        );
        return ModelReader.Filled(
            model,
            plan =>
            {
                Dictionary<Variable, string> names = PlanWeights(file, model, plan, byName: false, skipMismatch: false);
                plan.Apply();
                if (compile && LayersModelCompile.Of(file, model) is JsonObject compiled)
                {
                    bool scalesLoss = file.Weights.Weights.Keys.Any(n =>
                        n.StartsWith($"{OptimizerOfKeras3}inner_optimizer/", StringComparison.Ordinal)
                    );
                    ModelReader.Compile(model, compiled, scalesLoss, file.IsOld);
                    ModelReader.Restore(model, (optimizer, state) => PlanState(file, optimizer, names, state), plan);
                }
            }
        );
    }

    /// <summary>The weights in a file for a model that is there, with the state of its optimizer.</summary>
    public static void Weights(LayersModelFile file, Model model, LoadPlan plan, bool byName, bool skipMismatch)
    {
        Dictionary<Variable, string> names = PlanWeights(file, model, plan, byName, skipMismatch);
        if (model.OptimizerOrNull is Optimizer optimizer && (file.Weights.State.Count > 0 || OfKeras3(file).Length > 0))
        {
            plan.OrElse(optimizer.EnsureBuilt(model.TrainableWeights));
            PlanState(file, optimizer, names, plan);
        }
    }

    private static void PlanState(LayersModelFile file, Optimizer optimizer, Dictionary<Variable, string> names, LoadPlan plan)
    {
        if (OfKeras3(file) is { Length: > 0 } state)
        {
            OptimizerArrays.Plan(optimizer, state, plan);
        }
        else if (file.Weights.State.Count > 0)
        {
            LayersModelState.Plan(optimizer, file.Weights.State, names, plan);
        }
    }

    private static StoredArray[] OfKeras3(LayersModelFile file) =>
        [
            .. Enumerable
                .Range(0, file.Weights.Weights.Count)
                .Select(i => file.Weights.Weights.GetValueOrDefault(Invariant($"{OptimizerOfKeras3}vars/{i}")))
                .TakeWhile(a => a is not null)
                .OfType<StoredArray>(),
        ];

    // Whose array is whose is said by names; the order of the manifest says nothing.
    private static Dictionary<Variable, string> PlanWeights(
        LayersModelFile file,
        Model model,
        LoadPlan plan,
        bool byName,
        bool skipMismatch
    )
    {
        var names = new WeightNames(model, file.NamesInFile);
        var found = new Dictionary<Variable, string>();
        var filled = new HashSet<Variable>();
        var unknown = new List<string>();
        foreach ((string name, StoredArray array) in file.Weights.Weights)
        {
            if (!names.TryFind(name, out Variable? variable))
            {
                unknown.Add(name);
            }
            else if (!found.TryAdd(variable, name))
            {
                throw new ModelFormatException(
                    $"The manifest has two arrays for the weight {variable.Path}: '{found[variable]}' and '{name}'."
                );
            }
            else if (skipMismatch && LoadPlan.Misfit(variable, array) is string misfit)
            {
                plan.Warnings.Add($"'{name}' was left out: {misfit}");
            }
            else
            {
                plan.Add(variable, array);
                filled.Add(variable);
            }
        }

        Came(SavedObject.Of(model));
        if (!byName)
        {
            string[] left = [.. names.All.Where(v => !found.ContainsKey(v)).Select(v => v.Path)];
            string[] extra = [.. unknown.Where(n => !IsBesideWeights(n))];
            if (left.Length + extra.Length > 0)
            {
                string message = Misfit(model, left, extra);
                plan.Warnings.Add(skipMismatch ? message + " They were left out." : throw new ModelFormatException(message));
            }
        }

        return found;

        // A kernel that is replaced begins without what adapted the old one.
        void Came(SavedObject saved)
        {
            if (saved.Layer is { } layer && saved.Variables.Any(filled.Contains))
            {
                plan.Then(layer.StoredWeightsCame);
            }

            foreach (SavedObject part in saved.Parts)
            {
                Came(part);
            }
        }
    }

    private static bool IsBesideWeights(string name) =>
        name.StartsWith(OptimizerOfKeras3, StringComparison.Ordinal) || name.StartsWith(MetricsOfKeras3, StringComparison.Ordinal);

    private static string Misfit(Model model, string[] left, string[] extra)
    {
        string lacks = left.Length == 0 ? string.Empty : Invariant($" {left.Length} weights have no array: {Shown(left)}.");
        string leaves = extra.Length == 0 ? string.Empty : Invariant($" {extra.Length} arrays have no weight: {Shown(extra)}.");
        return $"The names in the manifest are not those of the weights of '{model.Name}', layer/weight.{lacks}{leaves}";
    }

    private static string Shown(string[] names) =>
        string.Join(", ", names.Take(4).Select(n => $"'{(n.Length <= 100 ? n : n[..100] + "...")}'"))
        + (names.Length > 4 ? ", ..." : string.Empty);

    private static void RefuseOtherThanKeras(JsonNode? node, LayersModelFile file)
    {
        switch (node)
        {
            case JsonObject o:
                if (
                    file.IsOfJavaScript
                    && LegacyConfig.Text(o["class_name"]) == "UpSampling2D"
                    && LegacyConfig.Text((o["config"] as JsonObject)?["interpolation"]) == "bilinear"
                )
                {
                    throw new NotSupportedException(
                        "UpSampling2D with the interpolation 'bilinear' takes other points of an image in TensorFlow.js than in Keras, and "
                            + "those it takes there are not read here. A model that is to be the same in both has 'nearest'."
                    );
                }

                foreach ((string _, JsonNode? value) in o)
                {
                    RefuseOtherThanKeras(value, file);
                }

                break;
            case JsonArray all:
                foreach (JsonNode? value in all)
                {
                    RefuseOtherThanKeras(value, file);
                }

                break;
        }
    }
}
