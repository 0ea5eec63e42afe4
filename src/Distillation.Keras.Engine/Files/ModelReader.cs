using System.Text.Json.Nodes;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Files.Legacy;
using Distillation.Keras.Files.TensorFlowJs;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Files;

/// <summary>Makes models of files that Keras wrote.</summary>
internal static class ModelReader
{
    // Beside the weights a model may have a few numbers that no file has.
    private const double FreeBytes = 1 << 16;
    private const int LargestNumber = 8;

    /// <summary>The model in a file.</summary>
    public static Model Load(string path, IReadOnlyDictionary<string, Func<JsonObject, object>>? customObjects, bool compile)
    {
        return FileErrors.InWords(
            path,
            file =>
            {
                using IDisposable known = CustomObjects.Known(customObjects);
                return FileErrors.KindOf(file) switch
                {
                    FileKind.Zip => FromArchive(file, compile),
                    FileKind.Hdf5 => FromHdf5(file, compile),
                    FileKind.Json => FromJson(JsonText.Read(file), Neighbours.Of(path), compile),
                    _ => throw FileErrors.Unknown(),
                };
            }
        );
    }

    private static Model FromJson(JsonObject json, Neighbours beside, bool compile) =>
        LayersModelFile.Is(json) ? LayersModelReader.Load(LayersModelFile.Read(json, beside), compile)
        : json["weight_map"] is JsonObject
            ? throw new ModelFormatException(
                "It is the index of sharded weights, without an architecture. Make the model, and load them by model.LoadWeights(path)."
            )
        : throw new ModelFormatException("It is JSON: an architecture without weights is read by Model.FromJson(File.ReadAllText(path)).");

    private static Model FromArchive(Stream file, bool compile)
    {
        using KerasArchive archive = KerasArchive.Open(file);
        string text = archive.Text(KerasArchive.Config);
        JsonObject config = JsonText.Object(text, KerasArchive.Config);
        string? version = archive.Has(KerasArchive.Metadata)
            ? LegacyConfig.Text(JsonText.Object(archive.Text(KerasArchive.Metadata), KerasArchive.Metadata)["keras_version"])
            : null;
        bool isOld = LegacyConfig.Is(config, version);
        SingleEnds.Restore(config, version);
        using IDisposable? shared =
            !isOld && text.Contains(SharedObjects.Key, StringComparison.Ordinal)
                ? SharedObjects.Reading(SharedLinks.Complete(config))
                : null;
        using Stream weights = archive.OpenWeights();
        Hdf5Group root = Hdf5File.Read(weights);
        using IDisposable functions = OldFunctions.For(isOld);
        Model model = Make(isOld ? LegacyConfig.Model(config) : LegacyForm.Exported(WithoutCompile(config)), Elements(root), compile);
        return Filled(
            model,
            plan =>
            {
                var saved = SavedObject.Of(model);
                WeightGroups.Plan(root, saved, plan);
                plan.Apply();
                Vocabularies.Read(archive, saved);
                if (config["compile_config"] is JsonNode other and not JsonObject)
                {
                    throw new ModelFormatException(
                        $"What a model was compiled with is an object in JSON, but found {KerasSerializer.Shorten(other)}."
                    );
                }

                if (compile && config["compile_config"] is JsonObject { Count: > 0 } compiled)
                {
                    Hdf5Group? optimizer = root.Group("optimizer");
                    Compile(
                        model,
                        isOld ? LegacyCompile.Convert(compiled, OutputNames(model)) : compiled,
                        scalesLoss: optimizer?.Group("inner_optimizer") is not null,
                        isOld
                    );
                    Restore(model, WeightGroups.VariablesOf(optimizer), plan);
                }
            }
        );
    }

    private static Model FromHdf5(Stream file, bool compile)
    {
        Hdf5Group root = Hdf5File.Read(file);
        if (!root.Attributes.TryGetValue("model_config", out Hdf5Attribute? text))
        {
            throw new ModelFormatException(
                LegacyWeights.Is(root) || WeightGroups.Is(root)
                    ? "It holds weights alone, without an architecture. Make the model, and load them by model.LoadWeights(path)."
                    : "It is an HDF5 file, but has no attribute 'model_config', in which Keras writes the architecture."
            );
        }

        JsonObject config = JsonText.Object(text.Text, "the attribute 'model_config'");
        string? version = root.Attributes.TryGetValue("keras_version", out Hdf5Attribute? v)
            ? v.Text
            : LegacyConfig.Text(config["keras_version"]) ?? (LegacyConfig.IsOfKeras1(config) ? "1" : null);
        bool isOld = LegacyConfig.Is(config, version);
        SingleEnds.Restore(config, version);
        Hdf5Group layers =
            root.Group("model_weights")
            ?? throw new ModelFormatException("The file has no group 'model_weights', which holds the weights.");
        using IDisposable functions = OldFunctions.For(isOld);
        Model model = Make(isOld ? LegacyConfig.Model(config) : LegacyForm.Exported(WithoutCompile(config)), Elements(root), compile);
        return Filled(
            model,
            plan =>
            {
                LegacyWeights.Plan(layers, model, plan, isKeras1: version is ['1', ..]);
                plan.Apply();
                if (compile && root.Attributes.TryGetValue("training_config", out Hdf5Attribute? training))
                {
                    JsonObject compiled = JsonText.Object(training.Text, "the attribute 'training_config'");
                    Hdf5Group? state = root.Group("optimizer_weights");
                    Compile(
                        model,
                        LegacyCompile.Convert(compiled, OutputNames(model)),
                        scalesLoss: state is not null
                            && LegacyWeights
                                .List(state, LegacyWeights.WeightNames)
                                .Any(n =>
                                    n.EndsWith("/dynamic_scale", StringComparison.Ordinal)
                                    || n.StartsWith("current_loss_scale", StringComparison.Ordinal)
                                ),
                        isOld
                    );
                    if (version is ['1', ..] && state is not null)
                    {
                        plan.Warnings.Add(
                            "The state of the optimizer was left out: Keras 1 did not note whose is what in it. A training begins with a "
                                + "new state."
                        );
                    }

                    Restore(model, state is null || version is ['1', ..] ? [] : LegacyWeights.Arrays(state), plan);
                }
            }
        );
    }

    // A model that is refused is nobody's, and its tensors are not left to the garbage collector.
    internal static Model Filled(Model model, Action<LoadPlan> fill)
    {
        var plan = new LoadPlan();
        try
        {
            NewVariables.OrNone(() =>
            {
                fill(plan);
                return plan;
            });
        }
        catch
        {
            model.Release();
            throw;
        }

        model.LoadWarnings = plan.Warnings;
        return model;
    }

    // No weight has a value before the file gives it one, and none has more elements than all arrays of the file together.
    internal static Model Make(JsonObject config, double elements, bool compile)
    {
        RefuseQuantized(config);
        using IDisposable compiling = KerasSerializer.Compiling(compile);
        using IDisposable uninitialized = UninitializedWeights.Allow(FreeBytes + (LargestNumber * elements));
        return NewVariables.OrNone(() =>
            KerasSerializer.Deserialize<Layer>(config) is not Model model
                ? throw new ModelFormatException("Its configuration is that of a layer, not of a model.")
                : model
        );
    }

    // Its weights are whole numbers with scales beside them, which no layer here computes with.
    private static void RefuseQuantized(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                if (o["quantization_config"] is not null || o["quantization_mode"] is not null || IsQuantizedPolicy(o))
                {
                    throw new ModelFormatException(
                        "It is a quantised model, which is not read. Save the model that it was made from, before quantize()."
                    );
                }

                foreach ((string _, JsonNode? value) in o)
                {
                    RefuseQuantized(value);
                }

                break;
            case JsonArray all:
                foreach (JsonNode? value in all)
                {
                    RefuseQuantized(value);
                }

                break;
        }

        static bool IsQuantizedPolicy(JsonObject o) =>
            LegacyConfig.Text(o["class_name"])?.StartsWith("Quantized", StringComparison.Ordinal) is true
            && LegacyConfig.Text(o["class_name"])!.EndsWith("DTypePolicy", StringComparison.Ordinal);
    }

    private static double Elements(Hdf5Object stored) =>
        stored switch
        {
            Hdf5Dataset dataset => dataset.Shape.Aggregate(1.0, (product, d) => product * d),
            Hdf5Group group => group.Children.Values.Sum(Elements),
            _ => 0,
        };

    internal static JsonObject WithoutCompile(JsonObject config)
    {
        var copy = (JsonObject)config.DeepClone();
        copy.Remove("compile_config");
        return copy;
    }

    internal static string[] OutputNames(Model model) => model.HasGraph ? [.. model.Signature.OutputNames] : [];

    internal static void Compile(Model model, JsonObject config, bool scalesLoss, bool isOld)
    {
        try
        {
            model.CompileFromFile(config, scalesLoss);
            if (model.OptimizerOrNull is { } optimizer)
            {
                optimizer.SumsRows = isOld;
            }
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ModelFormatException($"What the model was compiled with cannot be read: {e.Message} Without it: compile: false.", e);
        }
    }

    /// <summary>Gives the optimizer of a compiled model its state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="planState">Says which array goes into which variable of it.</param>
    /// <param name="weights">What gets the warnings.</param>
    internal static void Restore(Model model, Action<Optimizer, LoadPlan> planState, LoadPlan weights)
    {
        if (!model.Built || model.OptimizerOrNull is not { } optimizer)
        {
            return;
        }

        optimizer.Build(model.TrainableWeights);
        var plan = new LoadPlan();
        planState(optimizer, plan);
        plan.Apply();
        weights.Warnings.AddRange(plan.Warnings);
    }

    private static void Restore(Model model, StoredArray[] state, LoadPlan weights) =>
        Restore(
            model,
            (optimizer, plan) =>
            {
                if (state.Length > 0)
                {
                    OptimizerArrays.Plan(optimizer, state, plan);
                }
            },
            weights
        );
}
