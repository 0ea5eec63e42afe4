using Distillation.Keras;

namespace MnistDistillation;

/// <summary>Reads models from files of Keras that fit the images.</summary>
internal static class ModelFile
{
    private static readonly Shape Images = new([null, 28, 28, 1]);
    private static readonly Shape Classes = new([null, 10]);

    /// <summary>The model in a file; what was noticed is printed.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no model file, or the model is of other images or classes.</exception>
    public static Model Load(string file, TextWriter output)
    {
        Model model;
        try
        {
            model = Model.Load(file, compile: false);
        }
        catch (ModelFormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }

        foreach (string warning in model.LoadWarnings)
        {
            output.WriteLine($"{file}: {warning}");
        }

        bool fits =
            model.Inputs.Count == 1
            && model.Outputs.Count == 1
            && model.Input.Shape.With(0, null).IsCompatibleWith(Images)
            && model.Output.Shape.With(0, null).IsCompatibleWith(Classes);
        return fits
            ? model
            : throw new InvalidDataException(
                $"The model in '{file}' is to be of images {Images} with 10 classes, but it is from "
                    + $"{string.Join(", ", model.Inputs.Select(i => i.Shape))} to {string.Join(", ", model.Outputs.Select(o => o.Shape))}."
            );
    }
}
