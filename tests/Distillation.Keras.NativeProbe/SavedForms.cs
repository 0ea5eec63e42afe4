using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.NativeProbe;

/// <summary>Each form in which a model is saved, with a model that has one number everywhere, so that a mixture is seen.</summary>
internal static class SavedForms
{
    private const string Shards = "s.weights.json";
    private const string Weights = "w.weights.h5";
    private const string TfKeras = "t.h5";

    /// <summary>The names of the files; that of the shards is the name of their index.</summary>
    public static readonly string[] Names = ["m.keras", "m.h5", TfKeras, Weights, Shards];

    /// <summary>A model whose weights, and what its optimizer keeps for them, are all that number.</summary>
    public static Model Make(double number)
    {
        var model = new Sequential(new Input(64), new Dense(128, name: "a"), new Dense(64, name: "b"));
        model.Compile("adam", "mse");
        model.Optimizer.Build(model.TrainableWeights);
        foreach (Variable variable in Numbers(model))
        {
            using DisposeScope scope = NewDisposeScope();
            variable.Assign(full([.. variable.Value.shape], number));
        }

        return model;
    }

    /// <summary>Saves a model in the form that a name stands for.</summary>
    public static void Save(Model model, string folder, string name)
    {
        string path = Path.Combine(folder, name);
        switch (name)
        {
            case Shards:
                model.SaveWeights(path, max_shard_size: 40_000 / Math.Pow(1024, 3));
                break;
            case Weights:
                model.SaveWeights(path);
                break;
            default:
                model.Save(path, format: name == TfKeras ? "tf_keras" : null);
                break;
        }
    }

    /// <summary>The number that all weights and all of the optimizer's state have in a file; fails where they have several.</summary>
    public static double Number(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        Model model;
        if (name is Shards or Weights)
        {
            model = Make(0);
            model.LoadWeights(path);
        }
        else
        {
            model = Model.Load(path);
        }

        float[] numbers = [.. Numbers(model).SelectMany(v => v.Value.detach().contiguous().data<float>().ToArray()).Distinct()];
        IReadOnlyList<string> warnings = model.LoadWarnings;
        model.Release();
        return numbers.Length == 1 && warnings.Count == 0
            ? numbers[0]
            : throw new InvalidDataException($"'{name}' has the numbers {string.Join(", ", numbers)}. {string.Join(' ', warnings)}");
    }

    private static IEnumerable<Variable> Numbers(Model model) =>
        model.Weights.Concat(model.Optimizer.Variables.Where(v => v.Shape.Rank > 0));
}
