namespace Distillation.Keras.Training;

/// <summary>What a fit has, for the checks of its terms.</summary>
/// <param name="HasTeacher">Whether there is a teacher.</param>
/// <param name="HasLabels">Whether there are labels.</param>
/// <param name="HasMissingLabels">Whether some samples have none.</param>
/// <param name="HasWeights">Whether there are sample or class weights that apply to all terms.</param>
/// <param name="Epochs">How many epochs there are.</param>
internal sealed record TermSetting(bool HasTeacher, bool HasLabels, bool HasMissingLabels, bool HasWeights, int Epochs);
