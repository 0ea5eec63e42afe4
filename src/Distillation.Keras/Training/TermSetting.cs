using Distillation.Keras.Objectives;

namespace Distillation.Keras.Training;

/// <summary>What a fit has, for the checks of its terms.</summary>
/// <param name="HasTeacher">Whether there is a teacher.</param>
/// <param name="HasTeacherOutputs">Whether it gives more than features.</param>
/// <param name="HasLabels">Whether there are labels.</param>
/// <param name="HasMissingLabels">Whether some samples have none.</param>
/// <param name="HasWeights">Whether there are sample or class weights that apply to all terms.</param>
/// <param name="HasMask">Whether some tokens do not count.</param>
/// <param name="Sequences">How tokens become one value.</param>
/// <param name="FirstEpoch">The number of the first epoch, from 0.</param>
/// <param name="Epochs">The number of the last one; with <paramref name="FirstEpoch"/> 0, how many there are.</param>
internal sealed record TermSetting(bool HasTeacher, bool HasTeacherOutputs, bool HasLabels, bool HasMissingLabels, bool HasWeights, bool HasMask, SequenceReduction Sequences, int FirstEpoch, int Epochs);
