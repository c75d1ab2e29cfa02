<?xml version='1.0' encoding='utf-8'?>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AssessmentComparison</name>
    <message numerus="yes">
        <source>%Ln evaluation(s)</source>
        <translation>
            <numerusform>%Ln evaluation</numerusform>
            <numerusform>%Ln evaluations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassAreas</name>
    <message numerus="yes">
        <source>{name}: %Ln image(s)</source>
        <translation>
            <numerusform>{name}: %Ln image</numerusform>
            <numerusform>{name}: %Ln images</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ClassesTab</name>
    <message numerus="yes">
        <source>{first} alone is right on %Ln image(s), {second} alone on {b}; {kind} test, which takes images for independent</source>
        <translation>
            <numerusform>{first} alone is right on %Ln image, {second} alone on {b}; {kind} test, which takes images for independent</numerusform>
            <numerusform>{first} alone is right on %Ln images, {second} alone on {b}; {kind} test, which takes images for independent</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Counts</name>
    <message numerus="yes">
        <source>%Ln photograph(s)</source>
        <translation>
            <numerusform>%Ln photograph</numerusform>
            <numerusform>%Ln photographs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln patient(s)</source>
        <translation>
            <numerusform>%Ln patient</numerusform>
            <numerusform>%Ln patients</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{done} of %Ln epoch(s)</source>
        <translation>
            <numerusform>{done} of %Ln epoch</numerusform>
            <numerusform>{done} of %Ln epochs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CurvesView</name>
    <message numerus="yes">
        <source>{name}: %Ln epoch(s), best macro-AUC {auc} in epoch {epoch}</source>
        <translation>
            <numerusform>{name}: %Ln epoch, best macro-AUC {auc} in epoch {epoch}</numerusform>
            <numerusform>{name}: %Ln epochs, best macro-AUC {auc} in epoch {epoch}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Outputs</name>
    <message numerus="yes">
        <source>{table} was complete: %Ln row(s) kept</source>
        <translation>
            <numerusform>{table} was complete: %Ln row kept</numerusform>
            <numerusform>{table} was complete: %Ln rows kept</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{table}: %Ln row(s) kept, {again} classified again, {new} new</source>
        <translation>
            <numerusform>{table}: %Ln row kept, {again} classified again, {new} new</numerusform>
            <numerusform>{table}: %Ln rows kept, {again} classified again, {new} new</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>; %Ln fell out, kept in {backup}</source>
        <translation>
            <numerusform>; %Ln fell out, kept in {backup}</numerusform>
            <numerusform>; %Ln fell out, kept in {backup}</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ResultsPane</name>
    <message numerus="yes">
        <source>{shown} of %Ln photograph(s) shown</source>
        <translation>
            <numerusform>{shown} of %Ln photograph shown</numerusform>
            <numerusform>{shown} of %Ln photographs shown</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunComparison</name>
    <message numerus="yes">
        <source>%Ln training(s)</source>
        <translation>
            <numerusform>%Ln training</numerusform>
            <numerusform>%Ln trainings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunHeader</name>
    <message numerus="yes">
        <source>%Ln photograph(s), {val} for validation</source>
        <translation>
            <numerusform>%Ln photograph, {val} for validation</numerusform>
            <numerusform>%Ln photographs, {val} for validation</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SubgroupsTab</name>
    <message numerus="yes">
        <source>%Ln patient(s) left out by patient, since their photographs are of different classes.</source>
        <translation>
            <numerusform>%Ln patient left out by patient, since their photographs are of different classes.</numerusform>
            <numerusform>%Ln patients left out by patient, since their photographs are of different classes.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WeightsTab</name>
    <message numerus="yes">
        <source>Weights are fitted on {part}, %Ln photograph(s), never on those that this evaluation measures on. Compare the ways to find them, then save the one of your choice as an ensemble.</source>
        <translation>
            <numerusform>Weights are fitted on {part}, %Ln photograph, never on those that this evaluation measures on. Compare the ways to find them, then save the one of your choice as an ensemble.</numerusform>
            <numerusform>Weights are fitted on {part}, %Ln photographs, never on those that this evaluation measures on. Compare the ways to find them, then save the one of your choice as an ensemble.</numerusform>
        </translation>
    </message>
</context>
</TS>