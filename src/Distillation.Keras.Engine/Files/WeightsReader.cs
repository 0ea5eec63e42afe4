using System.Text.Json.Nodes;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Files.TensorFlowJs;
using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Files;

/// <summary>Gives the weights in a file to a model that is there.</summary>
internal static class WeightsReader
{
    /// <summary>Reads weights; the model is as before where the file is refused.</summary>
    /// <returns>What was noticed and may be meant.</returns>
    public static IReadOnlyList<string> Load(Model model, string path, bool byName, bool skipMismatch) =>
        FileErrors.InWords(
            path,
            file =>
            {
                var plan = new LoadPlan();
                try
                {
                    Load(model, file, path, plan, byName, skipMismatch);
                }
                catch
                {
                    plan.Undo();
                    throw;
                }

                return plan.Warnings;
            }
        );

    private static void Load(Model model, Stream file, string path, LoadPlan plan, bool byName, bool skipMismatch)
    {
        switch (FileErrors.KindOf(file))
        {
            case FileKind.Hdf5:
                Plan(Hdf5File.Read(file), model, plan, byName, skipMismatch);
                plan.Apply();
                break;
            case FileKind.Zip:
                using (KerasArchive archive = KerasArchive.Open(file))
                using (Stream weights = archive.OpenWeights())
                {
                    Plan(Hdf5File.Read(weights), model, plan, byName, skipMismatch);
                    plan.Apply();
                }

                break;
            case FileKind.Json:
                Json(JsonText.Read(file), Neighbours.Of(path), model, plan, byName, skipMismatch);
                break;
            default:
                throw FileErrors.Unknown();
        }
    }

    private static void Json(JsonObject json, Neighbours beside, Model model, LoadPlan plan, bool byName, bool skipMismatch)
    {
        if (LayersModelFile.Is(json))
        {
            LayersModelReader.Weights(LayersModelFile.Read(json, beside), model, plan, byName, skipMismatch);
            plan.Apply();
            return;
        }

        using var shards = ShardedWeights.Open(json, beside);
        Plan(shards.Root, model, plan, byName, skipMismatch);
        plan.Apply();
    }

    private static void Plan(Hdf5Group root, Model model, LoadPlan plan, bool byName, bool skipMismatch)
    {
        Hdf5Group group = !LegacyWeights.Is(root) && root.Group("model_weights") is Hdf5Group whole ? whole : root;
        if (LegacyWeights.Is(group))
        {
            bool isKeras1 = LegacyWeights.IsOfKeras1(root, group);
            if (byName)
            {
                LegacyWeights.PlanByName(group, model, plan, skipMismatch, isKeras1);
            }
            else
            {
                LegacyWeights.Plan(group, model, plan, skipMismatch, isKeras1);
            }

            return;
        }

        if (byName)
        {
            throw new ModelFormatException("by_name is for files of the older form, in which layers have names. This one has none.");
        }

        // An index of shards has no groups where the model has no weights.
        if (!WeightGroups.Is(root) && (model.Weights.Count > 0 || root.Attributes.Count > 0 || root.Children.Count > 0))
        {
            throw new ModelFormatException("It is an HDF5 file, but holds no weights of Keras: neither 'layer_names' nor a group 'vars'.");
        }

        WeightGroups.Plan(root, SavedObject.Of(model), plan, skipMismatch);
        if (model.OptimizerOrNull is Optimizer optimizer && WeightGroups.VariablesOf(root.Group("optimizer")) is { Length: > 0 } state)
        {
            plan.OrElse(optimizer.EnsureBuilt(model.TrainableWeights));
            OptimizerArrays.Plan(optimizer, state, plan);
        }
    }
}
